"""Times and dates: into UTC by a stated zone, with stated rules for the hours clocks skip."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.apps.ingest.cleaning.outcome import Cleaned, by_the_simple_way, on_unique
from regulars.apps.ingest.cleaning.texts import texts

_UTC = pa.timestamp("us", "UTC")
_NAIVE = pa.timestamp("us")
_DAY_SHAPE = (
    r"(?P<y>\d{4})(?:[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?|(?P<cm>\d{2})(?P<cd>\d{2}))"
)
_TIME_SHAPE = (
    r"(?:(?P<H>\d{1,2})[:时](?P<M>\d{1,2})"
    r"(?:[:分](?P<S>\d{1,2})(?:[.,](?P<f>\d{1,9}))?秒?)?分?"
    r"|(?P<cH>\d{2})(?P<cM>\d{2})(?P<cS>\d{2}))"
)
_ZONE_SHAPE = r"(?P<z>Z|UTC|[-+]\d{2}:?\d{2})"
_SHAPE = rf"^{_DAY_SHAPE}(?:[T ]? ?{_TIME_SHAPE})? ?{_ZONE_SHAPE}?$"
# What nearly every export writes: a day that exists in any year, to the second, in UTC or bare.
_ISO = (
    r"^(?:19|20|21)\d\d-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)"
    r"|(?:0[13578]|1[02])-31)[ T](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?Z?$"
)
_SECOND = 1_000_000
_UNITS = {"s": _SECOND, "ms": 1_000, "us": 1}
# Excel counts a 29 February 1900 that never was; from serial 61 on, this is its day zero.
_EXCEL_ZERO = np.datetime64("1899-12-30", "D")
_EXCEL_FIRST, _EXCEL_LAST = 61.0, 2_958_466.0


@dataclass(frozen=True, slots=True)
class TimeRule:
    """How a column's times are read.

    Attributes:
        zone: IANA zone of times that carry none.
        formats: strptime formats; empty reads year-first dates (ISO, 2017/1/2, 2017年1月2日).
        unit: ``s``, ``ms`` or ``us`` when numbers count from 1970, ``excel`` for sheet serials.
        repeated_hour: ``earliest``, ``latest`` or ``refuse`` for an hour clocks show twice.
        skipped_hour: ``earliest``, ``latest`` or ``refuse`` for an hour clocks never show.
        earliest: Dates before this one are refused.
        latest: Dates after this one are refused as in the future; None allows any.
    """

    zone: str = "UTC"
    formats: tuple[str, ...] = ()
    unit: str = ""
    repeated_hour: str = "earliest"
    skipped_hour: str = "refuse"
    earliest: date = field(default=date(1990, 1, 1))
    latest: date | None = None


def times(values: pa.Array, rule: TimeRule) -> Cleaned:
    """Return moments as timestamps in UTC.

    >>> rule = TimeRule(zone="America/New_York")
    >>> times(pa.array(["2017-01-01 06:53:26", "2017-13-01"]), rule).values[0].as_py().isoformat()
    '2017-01-01T11:53:26+00:00'
    """
    found, aware = _read(values, rule)
    placed = _placed(found, aware, rule)
    first = pa.scalar(datetime.combine(rule.earliest, datetime.min.time(), UTC), _UTC)
    placed = placed.refuse(pc.less(placed.values, first), "too_old")
    if rule.latest is None:
        return placed
    end = datetime.combine(rule.latest, datetime.min.time(), UTC) + timedelta(days=1)
    return placed.refuse(pc.greater_equal(placed.values, pa.scalar(end, _UTC)), "in_future")


def dates(values: pa.Array, rule: TimeRule) -> Cleaned:
    """Return calendar dates; a time of day beside the date is dropped, a zone is not applied.

    >>> dates(pa.array(["2017年3月5日"]), TimeRule()).values.to_pylist()
    [datetime.date(2017, 3, 5)]
    """
    read, _ = _read(values, rule)
    found = Cleaned(pc.floor_temporal(read.values, unit="day").cast(pa.date32()), read.reasons)
    found = found.refuse(pc.less(found.values, pa.scalar(rule.earliest, pa.date32())), "too_old")
    if rule.latest is None:
        return found
    return found.refuse(pc.greater(found.values, pa.scalar(rule.latest, pa.date32())), "in_future")


def local_dates(moments: pa.Array, zones: pa.Array) -> pa.Array:
    """Return the local date of each moment (UTC) in its zone, for arrays of equal length."""
    found = pa.nulls(len(moments), pa.date32())
    for zone in pc.unique(zones).drop_null().to_pylist():
        local = pc.local_timestamp(moments.cast(pa.timestamp("us", zone))).cast(
            pa.date32(), safe=False
        )
        found = pc.if_else(pc.fill_null(pc.equal(zones, zone), fill_value=False), local, found)
    return found


def months(dates_: pa.Array) -> pa.Array:
    """Return the month of each date as YYYY-MM.

    >>> months(pa.array([date(2017, 3, 5)])).to_pylist()
    ['2017-03']
    """
    # A batch holds few dates, and writing one out is slow.
    distinct = dates_.dictionary_encode()
    return pc.strftime(distinct.dictionary, format="%Y-%m").take(distinct.indices)


def _read(values: pa.Array, rule: TimeRule) -> tuple[Cleaned, pa.Array]:
    """Return naive microseconds, and which rows already are in UTC."""
    kind = values.type
    everywhere = pa.array(np.zeros(len(values), dtype=bool))
    if pa.types.is_timestamp(kind):
        aware = everywhere if kind.tz is None else pc.invert(everywhere)
        plain = values if kind.tz is None else values.cast(pa.timestamp(kind.unit, "UTC"))
        plain = plain.cast(pa.timestamp("us", plain.type.tz), safe=False)
        return Cleaned.fine(plain.cast(_NAIVE)), aware
    if pa.types.is_date(kind):
        return Cleaned.fine(values.cast(_NAIVE)), everywhere
    if pa.types.is_null(kind):
        return Cleaned.fine(values.cast(_NAIVE)), everywhere
    if rule.unit:
        return _counted(values, rule)
    if rule.formats:
        return _by_format(texts(values), rule.formats), everywhere
    return _by_shape(texts(values))


def _counted(values: pa.Array, rule: TimeRule) -> tuple[Cleaned, pa.Array]:
    """Numbers that count time; in a sheet, text beside serials is read as text."""
    plain = texts(values)
    is_number = pc.fill_null(
        pc.match_substring_regex(plain, r"^-?\d{1,17}(\.\d+)?$"), fill_value=False
    )
    numeric = pc.if_else(is_number, plain, pa.scalar(None, pa.string())).cast(pa.float64())
    if rule.unit != "excel":
        wrong = pc.and_(pc.is_valid(plain), pc.invert(is_number))
        whole = pc.multiply(numeric, float(_UNITS[rule.unit]))
        odd = pc.fill_null(pc.greater(pc.abs(whole), 4e15), fill_value=False)
        whole = pc.if_else(odd, pa.scalar(None, pa.float64()), whole)
        found = Cleaned.fine(pc.round(whole).cast(pa.int64()).cast(_NAIVE))
        found = found.refuse(wrong, "not_a_time").refuse(odd, "impossible_time")
        return found, pa.array(np.ones(len(values), dtype=bool))
    serials = _serials(numeric)
    as_words = pc.if_else(is_number, pa.scalar(None, pa.string()), plain)
    words, aware = _by_shape(as_words)
    joined = pc.coalesce(serials.values, words.values)
    return Cleaned(joined, pc.coalesce(serials.reasons, words.reasons)), aware


def _serials(numeric: pa.Array) -> Cleaned:
    possible = pc.and_(pc.greater_equal(numeric, _EXCEL_FIRST), pc.less(numeric, _EXCEL_LAST))
    kept = pc.if_else(
        pc.fill_null(possible, fill_value=False), numeric, pa.scalar(None, pa.float64())
    )
    # A serial is a float of days: whole milliseconds are what it can hold.
    since = pc.multiply(pc.round(pc.multiply(kept, 86_400_000.0)).cast(pa.int64()), 1_000)
    zero = int(_EXCEL_ZERO.astype("datetime64[us]").astype(np.int64))
    found = Cleaned.fine(pc.add(since, zero).cast(_NAIVE))
    return found.refuse(pc.invert(possible), "impossible_time")


def _by_format(plain: pa.Array, formats: tuple[str, ...]) -> Cleaned:
    distinct, indices = on_unique(plain)
    values: list[datetime | None] = []
    reasons: list[str | None] = []
    for text in distinct:
        moment = None if text is None else _first_format(text, formats)
        values.append(moment)
        reasons.append("not_a_time" if text is not None and moment is None else None)
    return Cleaned(
        pa.array(values, _NAIVE).take(indices), pa.array(reasons, pa.string()).take(indices)
    )


def _first_format(text: str, formats: tuple[str, ...]) -> datetime | None:
    for form in formats:
        try:
            moment = datetime.strptime(text, form)  # noqa: DTZ007 — the zone is applied after
        except ValueError:
            continue
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        return moment
    return None


def _by_shape(plain: pa.Array) -> tuple[Cleaned, pa.Array]:
    """Year-first dates with an optional time and offset: plain ones at once, others by parts."""
    simple = pc.match_substring_regex(plain, _ISO)
    marked = pc.fill_null(pc.ends_with(plain, "Z"), fill_value=False)
    aware = [marked]

    def thorough(odd: pa.Array) -> Cleaned:
        found, has_offset = _by_parts(odd)
        is_odd = pc.and_(pc.is_valid(plain), pc.invert(simple))
        aware[0] = pc.replace_with_mask(marked, is_odd, has_offset)
        return found

    def quick(bare: pa.Array) -> pa.Array:
        return pc.utf8_rtrim(bare, characters="Z").cast(_NAIVE)

    found = by_the_simple_way(plain, simple, quick, thorough)
    return found, aware[0]


def _by_parts(plain: pa.Array) -> tuple[Cleaned, pa.Array]:
    """Dates in any of the shapes, from their parts, in NumPy."""
    folded = pc.utf8_trim_whitespace(pc.utf8_normalize(plain, form="NFKC"))
    parts = pc.extract_regex(folded, pattern=_SHAPE)
    shaped = pc.is_valid(parts)
    part = {name: pc.struct_field(parts, name) for name in re.findall(r"\?P<(\w+)>", _SHAPE)}
    year, month = _whole(part["y"]), _whole(part["m"]) + _whole(part["cm"])
    day = _whole(part["d"]) + _whole(part["cd"])
    months = np.datetime64("0000-01", "M") + (year * 12 + month - 1)
    days = months.astype("datetime64[D]") + (day - 1)
    hour, minute = _whole(part["H"]) + _whole(part["cH"]), _whole(part["M"]) + _whole(part["cM"])
    second = _whole(part["S"]) + _whole(part["cS"])
    exists = (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("datetime64[M]") == months)
    exists &= (hour < 24) & (minute < 60) & (second < 60)
    micros = _whole(pc.utf8_slice_codeunits(pc.utf8_rpad(part["f"], 6, padding="0"), 0, 6))
    since = days.astype("datetime64[us]").astype(np.int64)
    since = since + ((hour * 60 + minute) * 60 + second) * _SECOND + micros - _offset(part["z"])
    moments = pa.array(np.where(exists, since, 0)).cast(_NAIVE)
    found = Cleaned.fine(pc.if_else(shaped, moments, pa.scalar(None, _NAIVE)))
    found = found.refuse(pc.and_(pc.is_valid(plain), pc.invert(shaped)), "not_a_time")
    found = found.refuse(pc.and_(shaped, pa.array(~exists)), "impossible_time")
    return found, pc.fill_null(pc.not_equal(part["z"], ""), fill_value=False)


def _whole(digits: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The number a group of digits writes; 0 for an empty or absent group."""
    filled = pc.fill_null(digits, "0")
    filled = pc.if_else(pc.equal(filled, ""), "0", filled)
    return np.asarray(filled.cast(pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)


def _offset(marks: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Microseconds east of UTC that a mark such as +08:00 stands for."""
    bare = pc.replace_substring(pc.fill_null(marks, ""), pattern=":", replacement="")
    hours = _whole(pc.if_else(pc.starts_with(bare, "U"), "", pc.utf8_slice_codeunits(bare, 1, 3)))
    minutes = _whole(pc.if_else(pc.starts_with(bare, "U"), "", pc.utf8_slice_codeunits(bare, 3, 5)))
    west = pc.starts_with(bare, "-").to_numpy(zero_copy_only=False)
    total = (hours * 60 + minutes) * 60 * _SECOND
    return np.where(west, -total, total)


def _placed(found: Cleaned, aware: pa.Array, rule: TimeRule) -> Cleaned:
    """Give naive times their zone and carry everything to UTC."""
    as_utc = found.values.cast(_UTC)
    if rule.zone == "UTC":
        return Cleaned(as_utc, found.reasons)
    early = _assume(found.values, rule.zone, ambiguous="earliest", nonexistent="earliest")
    late = _assume(found.values, rule.zone, ambiguous="latest", nonexistent="earliest")
    beyond = _assume(found.values, rule.zone, ambiguous="earliest", nonexistent="latest")
    repeated, skipped = pc.not_equal(early, late), pc.not_equal(early, beyond)
    chosen = late if rule.repeated_hour == "latest" else early
    if rule.skipped_hour == "latest":
        chosen = pc.if_else(skipped, beyond, chosen)
    naive = pc.invert(aware)
    placed = Cleaned(pc.if_else(aware, as_utc, chosen), found.reasons)
    if rule.repeated_hour == "refuse":
        placed = placed.refuse(pc.and_(naive, repeated), "repeated_hour")
    if rule.skipped_hour == "refuse":
        placed = placed.refuse(pc.and_(naive, skipped), "skipped_hour")
    return placed


def _assume(values: pa.Array, zone: str, *, ambiguous: str, nonexistent: str) -> pa.Array:
    placed = pc.assume_timezone(values, zone, ambiguous=ambiguous, nonexistent=nonexistent)
    return placed.cast(_UTC)
