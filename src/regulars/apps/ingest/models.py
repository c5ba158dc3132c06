"""Tables of the ingest room: load runs, quarantined rows, quality notes, posted orders."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from regulars.apps.ingest.types import PostState, QuarantineState, RunKind, RunState


class LoadRun(models.Model):
    """One load of one source. Every row that was read is accounted for by a constraint."""

    kind = models.CharField(max_length=8, choices=RunKind.choices, default=RunKind.LOAD)
    mapping = models.CharField(max_length=300)
    source = models.CharField(max_length=200, blank=True)
    contract = models.CharField(max_length=100, blank=True)
    source_file = models.CharField(max_length=300, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.RUNNING)
    rows_read = models.PositiveBigIntegerField(default=0)
    rows_loaded = models.PositiveBigIntegerField(default=0)
    rows_duplicate = models.PositiveBigIntegerField(default=0)
    rows_unchanged = models.PositiveBigIntegerField(default=0)
    rows_quarantined = models.PositiveBigIntegerField(default=0)
    rows_removed = models.PositiveBigIntegerField(default=0)
    members_created = models.PositiveBigIntegerField(default=0)
    members_merged = models.PositiveBigIntegerField(default=0)
    reviews_opened = models.PositiveBigIntegerField(default=0)
    tables = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)
    peak_bytes = models.PositiveBigIntegerField(null=True)
    error = models.TextField(blank=True)
    started_by = models.CharField(max_length=64, blank=True)
    lake_sequence = models.PositiveBigIntegerField(null=True)
    host = models.CharField(max_length=255, blank=True)
    folder = models.CharField(max_length=64, blank=True)

    class Meta:
        """The counts add up, and a repeated fingerprint is found by index."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    rows_read=F("rows_loaded") + F("rows_duplicate") + F("rows_quarantined")
                ),
                name="load_run_counts_add_up",
            ),
            models.CheckConstraint(
                condition=Q(rows_unchanged__lte=F("rows_duplicate")),
                name="load_run_unchanged_are_duplicates",
            ),
            models.CheckConstraint(
                condition=Q(state__in=RunState.values), name="load_run_state_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["fingerprint"], name="load_run_fingerprint"),
            models.Index(fields=["mapping", "-started_at"], name="load_run_by_mapping"),
            models.Index(fields=["-started_at"], name="load_run_newest"),
        ]


class QuarantinedRow(models.Model):
    """A refused row, its raw form sealed: it may hold a phone. It can be replayed once."""

    run = models.ForeignKey("ingest.LoadRun", models.CASCADE, related_name="quarantined")
    row_number = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=40)
    column = models.CharField(max_length=200, blank=True)
    raw_key_id = models.CharField(max_length=40)
    raw_ciphertext = models.BinaryField()
    state = models.CharField(
        max_length=10, choices=QuarantineState.choices, default=QuarantineState.OPEN
    )
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=64, blank=True)
    replay_run = models.ForeignKey(
        "ingest.LoadRun", models.SET_NULL, null=True, related_name="replayed"
    )

    class Meta:
        """A row of a run is set aside once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "row_number"], name="quarantined_row_once"),
            models.CheckConstraint(
                condition=Q(state__in=QuarantineState.values), name="quarantined_row_state_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "reason", "-id"], name="quarantined_by_reason"),
        ]


class QualityNote(models.Model):
    """What a rule found in one load, without any value: a count and a few row numbers."""

    run = models.ForeignKey("ingest.LoadRun", models.CASCADE, related_name="notes")
    rule = models.CharField(max_length=100)
    table = models.CharField(max_length=100)
    count = models.PositiveBigIntegerField()
    samples = models.JSONField(default=list)

    class Meta:
        """One note per rule and table."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "rule", "table"], name="quality_note_once"),
        ]


class PostedOrder(models.Model):
    """An order that was posted: kept sealed until it is in the lake, then only known by its digest.

    ``version`` counts the contents an order had. ``run`` and the rows from ``first_row`` on are
    those of the landing that brought the newest landed content into the lake.
    """

    source = models.CharField(max_length=64)
    order_id = models.CharField(max_length=128)
    digest = models.CharField(max_length=64)
    payload_key_id = models.CharField(max_length=40, blank=True)
    payload = models.BinaryField()
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=8, choices=PostState.choices, default=PostState.PENDING)
    received_at = models.DateTimeField()
    landed_at = models.DateTimeField(null=True)
    run = models.ForeignKey("ingest.LoadRun", models.SET_NULL, null=True, related_name="posted")
    first_row = models.PositiveIntegerField(default=0)
    row_count = models.PositiveIntegerField(default=0)

    class Meta:
        """An order of a source is kept once; what waits is found in the order it came."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "order_id"], name="posted_order_once"),
            models.CheckConstraint(
                condition=Q(state__in=PostState.values), name="posted_order_state_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["received_at", "id"],
                condition=Q(state=PostState.PENDING),
                name="posted_order_waiting",
            ),
            models.Index(fields=["order_id"], name="posted_order_by_id"),
            models.Index(
                fields=["landed_at"],
                condition=Q(state=PostState.LANDED),
                name="posted_order_landed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.source}"
