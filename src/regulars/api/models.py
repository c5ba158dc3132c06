"""Tables of the side door: keys, and the answers kept for repeated writes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from regulars.api.types import RATE_DEFAULT
from regulars.apps.accounts.types import ScopeKind


class ApiKey(models.Model):
    """A key of another system; of its secret only the SHA-256 is kept.

    The secret is 160 random bits, so a plain hash cannot be guessed back. Never deleted: the audit
    trail names keys by their prefix.
    """

    prefix = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64)
    name = models.CharField(max_length=100)
    scopes = models.JSONField(default=list)
    scope_kind = models.CharField(max_length=10)
    scope_ids = models.JSONField(default=list, blank=True)
    rate_per_minute = models.PositiveIntegerField(default=RATE_DEFAULT)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=64, blank=True)

    class Meta:
        """A key outside the known data scopes, or without any rate, cannot be stored."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(scope_kind__in=ScopeKind.values), name="api_key_scope_known"
            ),
            models.CheckConstraint(
                condition=Q(rate_per_minute__gte=1), name="api_key_rate_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} {self.name}"


class IdempotentAnswer(models.Model):
    """The answer to a write that carried an Idempotency-Key; without a status it is under way.

    ``request_hash`` is keyed by the vault, because a body may hold a phone number.
    """

    api_key = models.ForeignKey("api.ApiKey", models.PROTECT, db_index=False, related_name="+")
    idempotency_key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(default=b"")
    location = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField(db_index=True)

    class Meta:
        """One answer per key and Idempotency-Key."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["api_key", "idempotency_key"], name="api_answer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.status or 'under way'}"
