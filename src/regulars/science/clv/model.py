"""What every model of repeat buying answers, however its customers leave."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import ClassVar, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike

from regulars.base.errors import RuleError
from regulars.science.clv.histories import (
    CHUNK_ROWS,
    Floats,
    Histories,
    checked,
    counted,
    histories,
    sample,
)
from regulars.science.clv.maximise import Likelihood, Maximum, maximise

_SAMPLE_CUSTOMERS = 20_000
_COUNT_MAX = 10_000


class Active(Protocol):
    """Customers who are active now: what they will do from now on."""

    def expected(self, horizon: Floats) -> Floats:
        """Return the expected orders in the horizon."""
        ...

    def p_some(self, horizon: Floats) -> Floats:
        """Return the probability of at least one order."""
        ...

    def counts(self, horizon: Floats) -> Iterator[Floats]:
        """Yield the probability of 0, 1, 2 … orders, without end."""
        ...


@dataclass(frozen=True, slots=True)
class Forecast:
    """What customers will do in one horizon: arrays with one entry per customer."""

    p_alive: Floats
    expected_orders: Floats
    p_order: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatModel(ABC):
    """A model with four positive parameters, fitted or known.

    Times (``recency``, ``age``, horizons) are in one unit, that of ``fit``. Where frequency,
    recency and age are left out, a new customer is meant: one who has just ordered for the first
    time. Every answer is an array with one entry per customer.
    """

    log_likelihood: float = float("nan")
    customers: int = 0
    standard_errors: dict[str, float] | None = None

    names: ClassVar[tuple[str, str, str, str]]

    def __post_init__(self) -> None:
        for name, value in self.params.items():
            if not (np.isfinite(value) and value > 0):
                raise RuleError(f"{name} must be above 0, not {value:g}", where=type(self).__name__)

    @classmethod
    def fit(cls, *, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Self:
        """Find the parameters under which these customers are likeliest.

        Arrays of one length, one entry per customer: ``frequency`` repeat orders, ``recency`` from
        the first order to the last (0 without a repeat order), ``age`` from the first order to the
        end of observation; both in the same unit of time.

        Raises:
            RuleError: The arrays are no such histories, nobody has ordered again, or the likelihood
                has no maximum.
        """
        x, t, length = checked(frequency, recency, age)
        if not x.any():
            raise RuleError("nobody has ordered again", where="frequency", fix="Wait for repeats")
        few = sample(x, t, length, customers_max=_SAMPLE_CUSTOMERS)
        begin = np.array([1.0, max(float(np.median(length)), 1e-6), 1.0, cls._last(length)])
        start = cls._maximum(few, begin).parameters if few.frequency.any() else begin
        found = cls._maximum(counted(x, t, length), start)
        return cls(
            **dict(zip(cls.names, found.parameters.tolist(), strict=True)),
            log_likelihood=found.score.value,
            customers=len(x),
            standard_errors=dict(zip(cls.names, found.standard_errors.tolist(), strict=True)),
        )

    @property
    def params(self) -> dict[str, float]:
        """The parameters by name."""
        return {name: getattr(self, name) for name in self.names}

    def p_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """Return for each customer the probability of being active still."""
        return _by_chunks(self._p_alive, *checked(frequency, recency, age))

    def expected_orders(
        self,
        horizon: ArrayLike,
        frequency: ArrayLike | None = None,
        recency: ArrayLike | None = None,
        age: ArrayLike | None = None,
    ) -> Floats:
        """Return the orders to expect in the ``horizon`` from now: one number, or one each."""
        return self._asked(
            lambda p, active, length: p * active.expected(length),
            *(horizon, frequency, recency, age),
        )

    def p_order(
        self,
        horizon: ArrayLike,
        frequency: ArrayLike | None = None,
        recency: ArrayLike | None = None,
        age: ArrayLike | None = None,
    ) -> Floats:
        """Return the probability of at least one order in the ``horizon`` from now."""
        return self._asked(
            lambda p, active, length: p * active.p_some(length),
            *(horizon, frequency, recency, age),
        )

    def forecast(
        self, horizon: ArrayLike, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> Forecast:
        """Return ``p_alive``, ``expected_orders`` and ``p_order`` of the ``horizon`` together.

        The same numbers as of three questions; whether a customer is active, which takes longest
        to find out where leaving is not seen, is found out once.
        """

        def ask(p: Floats, active: Active, length: Floats) -> Floats:
            return np.stack([p, p * active.expected(length), p * active.p_some(length)])

        return Forecast(*self._asked(ask, horizon, frequency, recency, age))

    def p_orders(
        self,
        count: int,
        horizon: ArrayLike,
        frequency: ArrayLike | None = None,
        recency: ArrayLike | None = None,
        age: ArrayLike | None = None,
    ) -> Floats:
        """Return the probability of just ``count`` orders in the ``horizon`` from now."""
        if not 0 <= count <= _COUNT_MAX:
            raise RuleError(f"there is no probability of {count} orders", fix=f"0 to {_COUNT_MAX}")

        def asked(p: Floats, active: Active, length: Floats) -> Floats:
            probability = next(islice(active.counts(length), count, None))
            return p * probability + (1.0 - p if count == 0 else 0.0)

        return self._asked(asked, horizon, frequency, recency, age)

    def orders_interval(
        self,
        horizon: ArrayLike,
        frequency: ArrayLike | None = None,
        recency: ArrayLike | None = None,
        age: ArrayLike | None = None,
        *,
        level: float = 0.9,
    ) -> Floats:
        """Return the least and the most orders to expect, (2, customers).

        At least ``level`` lies between: these are the quantiles (1 ∓ level) / 2 of the orders in
        the horizon, given what is known of each customer; the parameters count as known.
        """
        if not 0.0 < level < 1.0:
            raise RuleError(f"a level lies between 0 and 1, not at {level}", where="level")
        return self._asked(partial(_interval, level=level), horizon, frequency, recency, age)

    @abstractmethod
    def active(self, frequency: Floats, age: Floats) -> Active:
        """Return what customers with these histories are like, should they be active.

        When the last order came tells only whether they are: so recency does not matter here.
        """

    @classmethod
    @abstractmethod
    def likelihood(cls, held: Histories) -> Likelihood:
        """Return the log-likelihood of the four parameters."""

    @classmethod
    @abstractmethod
    def _last(cls, age: Floats) -> float:
        """Return where to begin with the fourth parameter."""

    @abstractmethod
    def _p_alive(self, frequency: Floats, recency: Floats, age: Floats) -> Floats:
        """Return the probability of being active still."""

    @abstractmethod
    def _new(self) -> tuple[float, Active]:
        """Return the same of a new customer, after the probability of being active."""

    @classmethod
    def _maximum(cls, held: Histories, start: Floats) -> Maximum:
        return maximise(cls.likelihood(held), start, names=cls.names)

    def _asked(
        self,
        ask: Callable[[Floats, Active, Floats], Floats],
        horizon: ArrayLike,
        frequency: ArrayLike | None,
        recency: ArrayLike | None,
        age: ArrayLike | None,
    ) -> Floats:
        """Ask of customers by their probability of being active, and what they then do."""
        length = np.asarray(horizon, dtype=np.float64)
        if not (np.isfinite(length) & (length > 0)).all():
            raise RuleError(f"a horizon must be a number above 0, not {length}", where="horizon")
        if frequency is None and recency is None and age is None:
            p, active = self._new()
            return ask(np.full(1, p), active, length)
        if frequency is None or recency is None or age is None:
            raise RuleError("frequency, recency and age come together", fix="Pass all or none")
        x, t, ages = checked(frequency, recency, age)
        return _by_chunks(
            lambda x, t, ages, length: ask(self._p_alive(x, t, ages), self.active(x, ages), length),
            *(x, t, ages, np.broadcast_to(length, x.shape)),
        )


def _interval(p: Floats, active: Active, horizon: Floats, *, level: float) -> Floats:
    below, above = (1.0 - level) / 2.0, (1.0 + level) / 2.0
    upto = 1.0 - p
    least, most = np.zeros_like(upto), np.zeros_like(upto)
    for probability in islice(active.counts(horizon), _COUNT_MAX):
        upto = upto + p * probability
        least += upto < below
        more = upto < above
        most += more
        if not more.any():
            break
    return np.stack([least, most])


def _by_chunks(answer: Callable[..., Floats], *columns: Floats) -> Floats:
    """Answer a few thousand customers at a time, on all cores."""
    parts = [slice(k, k + CHUNK_ROWS) for k in range(0, len(columns[0]), CHUNK_ROWS)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda part: answer(*(column[part] for column in columns)), parts)
        return np.concatenate(list(found), axis=-1)


def log_likelihood(
    model: RepeatModel, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
) -> float:
    """Return the log-likelihood of any customers under a model's parameters."""
    return model.likelihood(histories(frequency, recency, age))(
        np.array(list(model.params.values()))
    ).value
