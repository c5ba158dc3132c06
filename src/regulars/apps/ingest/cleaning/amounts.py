"""Money and other numbers, exactly: decimals in, decimals out, no guess about a comma."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regulars.apps.ingest.cleaning.outcome import Cleaned, by_the_simple_way
from regulars.apps.ingest.cleaning.texts import texts
from regulars.base.money import minor_digits

_PRECISION = 18
# A binary float carries cents only nearly: further from a whole cent than this and its own
# precision, it was not cents.
_FLOAT_SLACK, _FLOAT_PRECISION = 1e-4, 1e-15

_SIGNS = {
    "CNY": (r"CN¥", r"¥", r"元", r"CNY", r"RMB", r"人民币"),
    "JPY": (r"JP¥", r"¥", r"円", r"JPY"),
    "USD": (r"US\$", r"\$", r"USD"),
    "EUR": (r"€", r"EUR"),
    "GBP": (r"£", r"GBP"),
    "HKD": (r"HK\$", r"\$", r"HKD"),
}
_ANY_SIGN = r"(?:[A-Z]{2,3}[$¥]|[A-Z]{3}|[$¥€£元円₩₹]|人民币)"
_POINT = r"^(?:(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?|\.\d+)$"
_COMMA = r"^(?:\d+|\d{1,3}(?:[. ]\d{3})+)(?:,\d+)?$"


def amounts(
    values: pa.Array,
    *,
    currency: str,
    decimal_comma: bool = False,
    scale: int = 2,
    digits: int | None = None,
) -> Cleaned:
    """Return money as decimal(18, scale) with no more digits than the currency has.

    ``digits`` allows more, for factors such as a price per gram.

    Text may carry the currency's own sign or code, thousands separators, full-width digits, a
    leading or trailing minus, or brackets for a negative amount.

    >>> amounts(pa.array(["¥1,299.00", "(12.50)", "1.299,00"]), currency="CNY").values.to_pylist()
    [Decimal('1299.00'), Decimal('-12.50'), None]
    """
    digits = min(minor_digits(currency), scale) if digits is None else digits
    if not _is_text(values):
        return _typed(values, digits=digits, scale=scale)
    signs = "|".join(_SIGNS.get(currency, (re.escape(currency),)))
    return _parsed(values, signs=signs, comma=decimal_comma, digits=digits, scale=scale)


def numbers(values: pa.Array, *, scale: int, decimal_comma: bool = False) -> Cleaned:
    """Return numbers as decimal(18, scale).

    >>> numbers(pa.array(["1,234.5", "abc"]), scale=3).reasons.to_pylist()
    [None, 'not_a_number']
    """
    if not _is_text(values):
        return _typed(values, digits=scale, scale=scale)
    return _parsed(values, signs=None, comma=decimal_comma, digits=scale, scale=scale)


def integers(values: pa.Array) -> Cleaned:
    """Return whole numbers as int64; ``3.0`` is whole, ``3.5`` is refused.

    >>> integers(pa.array(["3", "3.0", "3.5"])).values.to_pylist()
    [3, 3, None]
    """
    found = numbers(values, scale=3)
    reasons = pc.if_else(
        pc.equal(found.reasons, "too_many_digits"), "not_a_whole_number", found.reasons
    )
    split = pc.not_equal(pc.floor(found.values), found.values)
    kept = Cleaned(found.values, reasons).refuse(split, "not_a_whole_number")
    return Cleaned(kept.values.cast(pa.decimal128(_PRECISION, 0)).cast(pa.int64()), kept.reasons)


def _is_text(values: pa.Array) -> bool:
    kind = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _typed(values: pa.Array, *, digits: int, scale: int) -> Cleaned:
    """Numbers that are numbers already: integers, floats, decimals; anything else is refused."""
    kind = values.type
    target = pa.decimal128(_PRECISION, scale)
    if pa.types.is_null(kind):
        return Cleaned.fine(values.cast(target))
    if pa.types.is_decimal(kind):
        return _decimals(values, digits=digits, target=target)
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        empty = Cleaned.fine(pa.nulls(len(values), target))
        return empty.refuse(pc.is_valid(values), "not_a_number")
    if pa.types.is_integer(kind):
        return _integers(values, target=target)
    return _floats(values.cast(pa.float64()), digits=digits, target=target)


def _integers(values: pa.Array, *, target: pa.DataType) -> Cleaned:
    limit = 10 ** (_PRECISION - target.scale)
    wide = values.cast(pa.int64(), safe=False)
    plain = pc.fill_null(wide, 0).to_numpy(zero_copy_only=False)
    large = (plain >= limit) | (plain <= -limit)
    units = np.where(large, 0, plain) * 10**target.scale
    found = Cleaned.fine(_from_units(units, pc.is_valid(values), target))
    return found.refuse(pa.array(large), "too_large")


def _floats(values: pa.Array, *, digits: int, target: pa.DataType) -> Cleaned:
    """Round to ``digits`` through whole minor units, which floats hold exactly up to 2**53."""
    plain = pc.fill_null(values, 0.0).to_numpy(zero_copy_only=False)
    endless = ~np.isfinite(plain)
    large = np.abs(plain) >= 10.0 ** (_PRECISION - target.scale)
    scaled = np.where(endless | large, 0.0, plain) * 10**digits
    whole = np.rint(scaled)
    units = whole.astype(np.int64) * 10 ** (target.scale - digits)
    found = Cleaned.fine(_from_units(units, pc.is_valid(values), target))
    found = found.refuse(pa.array(endless), "not_a_number")
    found = found.refuse(pa.array(large), "too_large")
    off = np.abs(scaled - whole) > _FLOAT_SLACK + np.abs(scaled) * _FLOAT_PRECISION
    return found.refuse(pa.array(off), "too_many_digits")


def _from_units(units: npt.NDArray[np.int64], valid: pa.Array, target: pa.DataType) -> pa.Array:
    """Whole units of the last digit as decimals: 128 bits, low half first, then the sign."""
    halves = np.empty((len(units), 2), dtype=np.int64)
    halves[:, 0] = units
    halves[:, 1] = units >> 63
    bits = np.packbits(valid.to_numpy(zero_copy_only=False), bitorder="little")
    buffers = [pa.py_buffer(bits), pa.py_buffer(halves)]
    return pa.Array.from_buffers(target, len(units), buffers)


def _decimals(values: pa.Array, *, digits: int, target: pa.DataType) -> Cleaned:
    if values.type == target and digits == target.scale:
        return Cleaned.fine(values)
    wide = values.cast(pa.decimal256(60, max(values.type.scale, target.scale)))
    large = pc.greater_equal(
        pc.abs(wide), pa.scalar(10 ** (_PRECISION - target.scale)).cast(pa.decimal256(60, 0))
    )
    found = Cleaned.fine(wide).refuse(large, "too_large")
    found = found.refuse(pc.not_equal(pc.round(wide, digits), wide), "too_many_digits")
    return Cleaned(pc.round(found.values, target.scale).cast(target), found.reasons)


def _parsed(
    values: pa.Array, *, signs: str | None, comma: bool, digits: int, scale: int
) -> Cleaned:
    plain = texts(values)
    fraction = rf"(?:\.\d{{1,{digits}}})?" if digits and not comma else ""
    return by_the_simple_way(
        plain,
        pc.match_substring_regex(plain, rf"^-?\d{{1,{_PRECISION - scale}}}{fraction}$"),
        lambda bare: bare.cast(pa.decimal128(_PRECISION, scale)),
        lambda odd: _taken_apart(odd, signs=signs, comma=comma, digits=digits, scale=scale),
    )


def _taken_apart(
    values: pa.Array, *, signs: str | None, comma: bool, digits: int, scale: int
) -> Cleaned:
    plain = pc.utf8_normalize(values, form="NFKC")
    plain = pc.replace_substring_regex(plain, pattern="[−–—]", replacement="-")
    plain = pc.replace_substring_regex(plain, pattern=r"[\s\x{00a0}]+", replacement=" ")
    wrong = "not_a_number" if signs is None else "not_an_amount"
    parts = pc.extract_regex(plain, pattern=_shape(signs))
    read = pc.is_valid(parts)
    number = pc.utf8_rtrim(pc.struct_field(parts, "number"), characters=" ")
    read = pc.and_(read, pc.match_substring_regex(number, _COMMA if comma else _POINT))
    read = pc.fill_null(pc.and_(read, _signs_agree(parts)), fill_value=False)
    found = Cleaned.fine(_canonical(number, comma=comma))
    if signs is not None:
        foreign = pc.match_substring_regex(plain, _shape(_ANY_SIGN))
        found = found.refuse(pc.and_(foreign, pc.is_null(parts)), "wrong_currency")
    found = found.refuse(pc.and_(pc.is_valid(plain), pc.invert(read)), wrong)
    found = found.refuse(_longer(found.values, rf"^0*\d{{{_PRECISION - scale + 1},}}"), "too_large")
    found = found.refuse(_longer(found.values, rf"\.\d{{{digits + 1},}}$"), "too_many_digits")
    below = pc.fill_null(pc.and_(_negative(parts), pc.is_valid(found.values)), fill_value=False)
    signed = pc.if_else(below, pc.binary_join_element_wise("-", found.values, ""), found.values)
    return Cleaned(signed.cast(pa.decimal128(_PRECISION, scale)), found.reasons)


def _shape(signs: str | None) -> str:
    """What may stand around a number: bracket, sign and currency, on both sides."""
    sign = "" if signs is None else rf"(?:{signs})? ?"
    before = rf"^(?P<open>\()? ?(?P<before>[-+])? ?{sign}(?P<inside>[-+])? ?"
    number = r"(?P<number>\d[\d., ]*|\.\d+) ?"
    return rf"{before}{number}{sign}(?P<after>-)?(?P<close>\))?$"


def _signs_agree(parts: pa.Array) -> pa.Array:
    """Brackets come in pairs, and there is at most one sign."""
    marks = [pc.struct_field(parts, name) for name in ("before", "inside", "after", "open")]
    count = [pc.utf8_length(mark) for mark in marks]
    total = pc.add(pc.add(count[0], count[1]), pc.add(count[2], count[3]))
    closed = pc.equal(count[3], pc.utf8_length(pc.struct_field(parts, "close")))
    return pc.and_(closed, pc.less_equal(total, 1))


def _negative(parts: pa.Array) -> pa.Array:
    marks = [pc.struct_field(parts, name) for name in ("before", "inside", "after", "open")]
    return pc.match_substring_regex(pc.binary_join_element_wise(*marks, ""), r"[-(]")


def _canonical(number: pa.Array, *, comma: bool) -> pa.Array:
    """Digits and a point: group marks go, a decimal comma becomes a point."""
    grouped = pc.replace_substring_regex(number, pattern="[. ]" if comma else "[,]", replacement="")
    return pc.replace_substring(grouped, pattern=",", replacement=".") if comma else grouped


def _longer(values: pa.Array, pattern: str) -> pa.Array:
    return pc.match_substring_regex(values, pattern)
