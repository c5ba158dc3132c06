"""What leaves the ingest room: facts about sources, loads, quarantined rows and posted orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from django.db import models
from django.utils.translation import gettext_lazy as _


class RunKind(models.TextChoices):
    """What a run read: a source, or rows from quarantine."""

    LOAD = "load", _("Load")
    REPLAY = "replay", _("Replay")


class RunState(models.TextChoices):
    """How far a run got."""

    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    UNCHANGED = "unchanged", _("Already loaded")


class QuarantineState(models.TextChoices):
    """What became of a refused row."""

    OPEN = "open", _("Open")
    REPLAYING = "replaying", _("Being replayed")
    REPLAYED = "replayed", _("Replayed")
    DISCARDED = "discarded", _("Discarded")


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Rows of the source: read = loaded + duplicates + quarantined.

    ``unchanged`` (part of duplicates) are rows equal to what the lake already held; ``removed``
    are held rows that a corrected order no longer has.
    """

    read: int = 0
    loaded: int = 0
    duplicates: int = 0
    unchanged: int = 0
    quarantined: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class TableCount:
    """What a load did to one lake table, in rows."""

    new: int
    changed: int
    same: int
    removed: int


@dataclass(frozen=True, slots=True)
class Note:
    """What a rule found: how many rows of which table, and the numbers of the first few."""

    rule: str
    table: str
    count: int
    samples: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many rows were refused for a reason; ``text`` is in the reader's language."""

    reason: str
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load came to. ``run_id`` is None for a dry run, which writes nothing."""

    run_id: int | None
    mapping: str
    contract: str
    source_file: str
    state: RunState
    counts: RowCounts
    tables: Mapping[str, TableCount] = field(default_factory=dict)
    reasons: tuple[ReasonCount, ...] = ()
    notes: tuple[Note, ...] = ()
    members_created: int = 0
    members_merged: int = 0
    reviews_opened: int = 0
    seconds: float = 0.0
    peak_bytes: int = 0
    lake_sequence: int | None = None


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file of a set that could not be loaded, and why; nothing of it is in the lake."""

    mapping: str
    path: str
    error: str


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run as a list shows it."""

    run_id: int
    kind: RunKind
    mapping: str
    contract: str
    source_file: str
    state: RunState
    counts: RowCounts
    started_at: datetime
    seconds: float | None
    error: str
    started_by: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """Some runs, newest first, and how many there are in all."""

    lines: tuple[RunLine, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class RunDetail:
    """Everything about one run."""

    line: RunLine
    tables: Mapping[str, TableCount]
    notes: tuple[Note, ...]
    reasons: tuple[ReasonCount, ...]
    open_rows: int
    members_created: int
    members_merged: int
    reviews_opened: int
    peak_bytes: int | None
    lake_sequence: int | None


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A mapping, when it last ran and how fresh what it loads is.

    ``error`` says why a mapping cannot be used; ``loaded_at`` is the end of its last good run.
    """

    mapping: str
    title: str
    contract: str
    format: str
    last_run: RunLine | None
    loaded_at: datetime | None
    rows_loaded: int
    open_rows: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class QuarantineLine:
    """A refused row as a list shows it: without its values."""

    row_id: int
    run_id: int
    mapping: str
    source_file: str
    row_number: int
    reason: str
    reason_text: str
    column: str
    state: QuarantineState
    refused_at: datetime
    closed_at: datetime | None
    closed_by: str


@dataclass(frozen=True, slots=True)
class QuarantinePage:
    """Some refused rows, newest first, how many there are, and how many open per reason."""

    lines: tuple[QuarantineLine, ...]
    total: int
    page: int
    pages: int
    reasons: tuple[ReasonCount, ...]


@dataclass(frozen=True, slots=True)
class QuarantinedValues:
    """A refused row with its values by source column; ``text`` if it could not be taken apart."""

    line: QuarantineLine
    values: Mapping[str, str | None]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of replaying a row; ``reason`` says why it was refused again."""

    row_id: int
    state: QuarantineState
    reason: str = ""
    reason_text: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class IdentifierPost:
    """A typed key of the buyer as a till or shop knows it (kinds: members' identifier kinds)."""

    kind: str
    value: str
    verified: bool = True


@dataclass(frozen=True, slots=True)
class OrderLinePost:
    """One posted line. Without ``list_amount`` it is what the three other amounts add up to."""

    line_no: str
    product_id: str
    quantity: Decimal
    net_amount: Decimal
    discount_amount: Decimal = Decimal(0)
    coupon_amount: Decimal = Decimal(0)
    list_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OrderPost:
    """One posted order, whole: a correction is the whole order again.

    Attributes:
        order_id: Unique over all sources of the brand.
        ordered_at: A moment with its zone.
        channel: pos, web, app, miniprogram, wecom, marketplace or call_centre.
        identifiers: Who bought, one per kind; empty for a visitor.
        currency: Empty for the brand's; another one is refused.
    """

    order_id: str
    store_id: str
    ordered_at: datetime
    channel: str
    lines: tuple[OrderLinePost, ...]
    staff_id: str = ""
    identifiers: tuple[IdentifierPost, ...] = ()
    currency: str = ""


ReceiptState = Literal["accepted", "duplicate", "replaced"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a posted order: kept, known already, or kept in place of what was known."""

    order_id: str
    state: ReceiptState
    received_at: datetime


class PostState(models.TextChoices):
    """How far a posted order got. ``refused``: at least one of its lines is in quarantine."""

    PENDING = "pending", _("Waiting")
    LANDED = "landed", _("Landed")
    REFUSED = "refused", _("In quarantine")


@dataclass(frozen=True, slots=True)
class PostedState:
    """A posted order's state; ``version`` counts its contents, ``refusals`` are its lines there."""

    order_id: str
    source: str
    state: PostState
    version: int
    received_at: datetime
    landed_at: datetime | None
    refusals: tuple[QuarantineLine, ...] = ()


@dataclass(frozen=True, slots=True)
class LandingReport:
    """What one landing did, in orders; ``waiting`` is whether more were there than it took.

    ``busy``: another process was landing, so that nothing was done here.
    """

    landed: int = 0
    refused: int = 0
    overtaken: int = 0
    waiting: bool = False
    busy: bool = False
    run_ids: tuple[int, ...] = ()
