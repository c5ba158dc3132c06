"""Fit the models of repeat buying to a million customers, and ten, beside the lifetimes package.

Customers are drawn from BG/NBD and known by days, as orders are. Parameters must agree to four
digits with the peer's before a time counts. ``REGULARS_BENCH_CUSTOMERS`` sets another million. The
peer's Pareto/NBD does not end within minutes at this size and is left out.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # publishes no types

from benchmarks.harness import Measurement, measured
from regulars.science import clv

CUSTOMERS = int(os.environ.get("REGULARS_BENCH_CUSTOMERS", "1000000"))
TIMES_MORE = 10
TRUTH = clv.BetaGeo(r=0.8, alpha=5.0, a=0.6, b=3.8)
HORIZON = 13.0

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Histories = tuple[Numbers, Numbers, Numbers]


def measurements() -> Sequence[Measurement]:
    peer = peers()
    known = customers(CUSTOMERS, seed=1)
    found = []
    for name, model, fitter in (
        ("BG/NBD", clv.BetaGeo, peer.BetaGeoFitter),
        ("MBG/NBD", clv.ModifiedBetaGeo, peer.ModifiedBetaGeoFitter),
    ):
        ours, quick = measured(f"{name}, Regulars", fitted(model, known), rows=CUSTOMERS, repeats=3)
        theirs, slow = measured(
            f"{name}, lifetimes", with_lifetimes(fitter, known), rows=CUSTOMERS, repeats=1
        )
        demand_equal(ours.params, dict(theirs.params_))
        found += [quick, slow]
    pareto, alone = measured(
        "Pareto/NBD, Regulars", fitted(clv.ParetoNBD, known), rows=CUSTOMERS, repeats=1
    )
    found.append(alone)
    for name, scored in (("BG/NBD", clv.BetaGeo.fit(**named(known))), ("Pareto/NBD", pareto)):
        _, answer = measured(
            f"{name}, scored", partial(score, scored, known), rows=CUSTOMERS, repeats=3,
            note="p_alive, orders and chance of an order in 13 weeks",
        )  # fmt: skip
        found.append(answer)
    many = customers(CUSTOMERS * TIMES_MORE, seed=2)
    for name, model in (("BG/NBD", clv.BetaGeo), ("MBG/NBD", clv.ModifiedBetaGeo)):
        _, large = measured(
            f"{name}, Regulars, x{TIMES_MORE}", fitted(model, many), rows=len(many[0]), repeats=1
        )
        found.append(large)
    return found


def customers(count: int, *, seed: int) -> Histories:
    """Draw frequency, recency and age (weeks, whole days) of customers of up to two years."""
    random = np.random.default_rng(seed)
    age = random.integers(7, 730, count) / 7.0
    rate = random.gamma(TRUTH.r, 1 / TRUTH.alpha, count)
    p = random.beta(TRUTH.a, TRUTH.b, count)
    x, t, now = np.zeros(count), np.zeros(count), np.zeros(count)
    active = np.arange(count)
    while len(active):
        now[active] += random.exponential(1 / rate[active])
        active = active[now[active] <= age[active]]
        x[active] += 1
        t[active] = now[active]
        active = active[random.random(len(active)) >= p[active]]
    return x, np.minimum(np.ceil(t * 7) / 7, age), age


def fitted(model: type[clv.RepeatModel], known: Histories) -> Callable[[], clv.RepeatModel]:
    return lambda: model.fit(**named(known))


def named(known: Histories) -> dict[str, Numbers]:
    return dict(zip(("frequency", "recency", "age"), known, strict=True))


def score(model: clv.RepeatModel, known: Histories) -> float:
    found = model.forecast(HORIZON, *known)
    return float((found.p_alive + found.expected_orders + found.p_order).sum())


def peers() -> Any:
    # Its last release is of 2020: it warns of what NumPy and pandas have become since.
    warnings.simplefilter("ignore")
    import lifetimes  # type: ignore[import-untyped]  # publishes no types

    return lifetimes


def with_lifetimes(fitter: Any, known: Histories) -> Callable[[], Any]:
    columns = [pd.Series(column) for column in known]
    return lambda: fitter().fit(*columns)


def demand_equal(ours: dict[str, float], theirs: dict[str, float]) -> None:
    for name, value in ours.items():
        if abs(theirs[name] / value - 1) > 5e-4:
            raise SystemExit(f"{name}: {value:.6g} here, {theirs[name]:.6g} there")
