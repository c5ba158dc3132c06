"""What a price does to each simulated member is found back, better than by simple means."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from regulars.science.learned import price_sensitivity
from regulars.science.simulation.lake_side import SimulatedFacts
from tests.science.learned.conftest import UNTIL
from tests.science.learned.ranks import Numbers, auc, by_member, rank_correlation

FIRST, LATER = date(2023, 7, 1), date(2025, 1, 1)


@pytest.fixture(scope="module")
def scores(chain_facts: SimulatedFacts) -> pa.Table:
    lines, products = (chain_facts.table(name) for name in ("order_lines", "products"))
    shelf = price_sensitivity.shelf_offers(
        chain_facts.table("prices"), products, first=FIRST, as_of=UNTIL
    )
    chosen = price_sensitivity.choices(lines, products, shelf, as_of=UNTIL)
    model = price_sensitivity.DiscountResponse.fit(
        chosen, price_sensitivity.alternatives(chosen, shelf)
    )
    # Of the planted log-normal, which liking for single brands draws towards 0.
    assert 2.2 < model.overall < 3.0
    assert len(model.slopes) == 12
    return model.scores(chosen).order_by("member_id").to_pyarrow()


def test_sensitivity_is_found_back(chain_facts: SimulatedFacts, scores: pa.Table) -> None:
    truth = by_member(chain_facts.people, "price_sensitivity", scores["member_id"].to_pylist())
    slope = scores["price_slope"].to_numpy()
    share = discount_share(chain_facts, UNTIL)
    plain = np.array([share[member] for member in scores["member_id"].to_pylist()])
    for choices_min, correlation_min in ((5, 0.53), (20, 0.68)):
        known = scores["price_choices"].to_numpy() >= choices_min
        found = rank_correlation(slope[known], truth[known])
        assert found > correlation_min
        assert found > rank_correlation(plain[known], truth[known]) + 0.15


def test_errors_are_honest(chain_facts: SimulatedFacts, scores: pa.Table) -> None:
    truth = by_member(chain_facts.people, "price_sensitivity", scores["member_id"].to_pylist())
    away = np.abs(scores["price_slope"].to_numpy() - truth) / scores["price_slope_se"].to_numpy()

    # 90 % by the model; a little less because single brands are liked, too.
    assert 0.84 < (away < 1.645).mean() < 0.92


def test_bands_tell_the_sensitive(chain_facts: SimulatedFacts, scores: pa.Table) -> None:
    truth = by_member(chain_facts.people, "price_sensitivity", scores["member_id"].to_pylist())
    band = np.array(scores["price_band"].to_pylist())
    high, medium, low = (truth[band == name].mean() for name in ("high", "medium", "low"))

    assert high > medium + 1.5 > low + 2.0
    assert set(band.tolist()) == set(price_sensitivity.BANDS)


def test_redemption_of_the_next_coupons(chain_facts: SimulatedFacts) -> None:
    sends, used = chain_facts.table("sends"), chain_facts.table("redemptions")
    model = price_sensitivity.CouponResponse.fit(sends, used, as_of=LATER)
    rows = model.scores(sends, used, as_of=LATER).to_pyarrow().to_pylist()
    ratio = {row["member_id"]: row["coupon_response"] for row in rows}
    later = [r for r in rows_of(chain_facts, "sends") if r["business_date"] >= LATER]
    done = {(r["member_id"], r["campaign_id"]) for r in rows_of(chain_facts, "redemptions")}
    redeemed = [(row["member_id"], row["campaign_id"]) in done for row in later]
    share = discount_share(chain_facts, LATER)

    found = auc([ratio.get(row["member_id"], 1.0) for row in later], redeemed)
    plain = auc([share.get(row["member_id"], 0.0) for row in later], redeemed)
    assert found > 0.62 > plain + 0.06


def rows_of(chain: SimulatedFacts, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = chain.tables[name].to_pylist()
    return found


def discount_share(chain: SimulatedFacts, as_of: date) -> dict[str, float]:
    """The simple baseline: what share of the list price a member was spared on average."""
    orders = chain.tables["orders"]
    known = orders.filter(pa.compute.less(orders["business_date"], pa.scalar(as_of, pa.date32())))
    member = np.array(known["member_id"].to_pylist(), dtype=object)
    held = member != np.array(None)
    names, place = np.unique(member[held].astype(np.str_), return_inverse=True)
    given, listed = (
        np.bincount(place, np.asarray(known[f"{name}_amount"].cast("float64").to_numpy())[held])
        for name in ("discount", "list")
    )
    shares: Numbers = given / listed
    return dict(zip(names.tolist(), shares.tolist(), strict=True))
