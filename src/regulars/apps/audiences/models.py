"""Tables of the audiences room: what was asked, and how good the answer is."""

from __future__ import annotations

from django.db import models

from regulars.apps.audiences.types import ExpansionState, SeedKind


class ExpansionRun(models.Model):
    """One expansion of one seed; its members lie in the lake under the same id."""

    run_id = models.CharField(max_length=32, primary_key=True)
    title = models.CharField(max_length=80)
    seed_kind = models.CharField(max_length=8, choices=SeedKind.choices)
    seed_rule = models.TextField(blank=True)
    excluded_rule = models.TextField(blank=True)
    as_of = models.DateField()
    state = models.CharField(
        max_length=8, choices=ExpansionState.choices, default=ExpansionState.WAITING
    )
    requested_by = models.CharField(max_length=150)
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    report = models.JSONField(null=True)
    counts = models.JSONField(null=True)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.run_id
