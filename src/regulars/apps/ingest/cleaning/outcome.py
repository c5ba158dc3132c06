"""What every cleaning function returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Values of one type and, per row, the reason code of a refusal (null: nothing is wrong).

    A refused row's value is null; a null value without a reason was missing in the source.
    """

    values: pa.Array
    reasons: pa.Array

    @classmethod
    def fine(cls, values: pa.Array) -> Cleaned:
        """Return values none of which is refused."""
        return cls(values, pa.nulls(len(values), pa.string()))

    def after(self, earlier: pa.Array) -> Cleaned:
        """Return this with the reasons of an earlier step before its own."""
        if earlier.null_count == len(earlier):
            return self
        return Cleaned(self.values, pc.coalesce(earlier, self.reasons))

    def refuse(self, where: pa.Array, reason: str) -> Cleaned:
        """Return this with the rows of the mask ``where`` refused, unless they already were."""
        if not pc.any(where).as_py():
            return self
        hit = pc.fill_null(where, fill_value=False)
        reasons = pc.if_else(pc.and_(hit, pc.is_null(self.reasons)), reason, self.reasons)
        values = pc.if_else(hit, pa.scalar(None, self.values.type), self.values)
        return Cleaned(values, reasons)


def by_the_simple_way(
    values: pa.Array,
    simple: pa.Array,
    quick: Callable[[pa.Array], pa.Array],
    thorough: Callable[[pa.Array], Cleaned],
) -> Cleaned:
    """Read the values of the mask ``simple`` by ``quick``, the others by ``thorough``.

    Sources write nearly everything in one plain form: it needs no more than its test and a cast.
    Null values stay null in either.
    """
    odd = pc.and_(pc.is_valid(values), pc.invert(pc.fill_null(simple, fill_value=False)))
    if not pc.any(odd).as_py():
        return Cleaned.fine(quick(values))
    found = thorough(values.filter(odd))
    plain = quick(pc.if_else(odd, pa.scalar(None, values.type), values))
    reasons = pc.replace_with_mask(pa.nulls(len(values), pa.string()), odd, found.reasons)
    return Cleaned(pc.replace_with_mask(plain, odd, found.values), reasons)


def on_unique(values: pa.Array) -> tuple[list[str | None], pa.Array]:
    """Return the distinct texts of a string array, and per row which of them it is.

    For functions that only exist per value: they run once for each distinct text.
    """
    encoded = values.dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices


def from_unique(found: list[tuple[str | None, str | None]], indices: pa.Array) -> Cleaned:
    """Spread (value, reason) of each distinct text over the rows that have it."""
    values = pa.array([value for value, _ in found], pa.string())
    reasons = pa.array([reason for _, reason in found], pa.string())
    return Cleaned(values.take(indices), reasons.take(indices))
