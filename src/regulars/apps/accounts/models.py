"""Tables of the accounts room: users, failed sign-ins, the audit trail, vault keys, ticks."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from regulars.apps.accounts.rules import normal_username
from regulars.apps.accounts.types import Role, ScopeKind
from regulars.base.errors import RefusedError


class UserManager(BaseUserManager["User"]):
    """Finds users by a name that ignores case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user of that name; Django's sign-in calls this."""
        return self.get(username=normal_username(username or ""))


class User(AbstractBaseUser):
    """A staff user. Never deleted, only deactivated: the audit trail points here."""

    class Theme(models.TextChoices):
        """How the console looks."""

        AUTO = "auto"
        LIGHT = "light"
        DARK = "dark"

    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=20)
    scope_kind = models.CharField(max_length=10, default=ScopeKind.STORE)
    scope_ids = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, blank=True)
    theme = models.CharField(max_length=5, choices=Theme.choices, default=Theme.AUTO)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        """A user outside the known roles and scopes cannot be stored."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="user_role_known"
            ),
            models.CheckConstraint(
                condition=models.Q(scope_kind__in=ScopeKind.values), name="user_scope_known"
            ),
            models.CheckConstraint(
                condition=models.Q(username=Lower("username")), name="user_username_lower"
            ),
        ]

    def __str__(self) -> str:
        return self.username


class SignInGuard(models.Model):
    """Wrong passwords in a row for one user name, whether or not a user has it."""

    name_key = models.CharField(max_length=64, unique=True)
    known = models.BooleanField()
    failures = models.PositiveIntegerField()
    locked_until = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.failures} failures"


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Reads only."""

    def update(self, **_values: Any) -> NoReturn:
        """Refuse: the audit trail is append-only."""
        _refuse()

    def delete(self) -> NoReturn:
        """Refuse: the audit trail is append-only."""
        _refuse()


class AuditEvent(models.Model):
    """Something a staff user did. Append-only here and by triggers in the database."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=64)
    action = models.CharField(max_length=20)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=100, blank=True)
    detail = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        """Newest first by id; found by action and by object."""

        indexes: ClassVar = [
            models.Index(fields=["action", "-id"], name="audit_by_action"),
            models.Index(fields=["object_kind", "object_id", "-id"], name="audit_by_object"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.object_kind} {self.object_id}".strip()

    def save(self, **options: Any) -> None:
        """Store a new event; refuse to store one again."""
        if not self._state.adding:
            _refuse()
        super().save(**options)

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse: the audit trail is append-only."""
        _refuse()


class VaultKey(models.Model):
    """A key the ledger's sealed values or hashes depend on: its id and a check, never the key."""

    class Use(models.TextChoices):
        """What the key is for."""

        SEAL = "seal"
        LOOK_UP = "look_up"

    key_id = models.CharField(max_length=32, primary_key=True)
    use = models.CharField(max_length=10)
    check_value = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key_id


class Tick(models.Model):
    """A step the worker takes again and again: who takes it now, and how it went lately.

    ``held_until`` is a lease: a worker that dies loses it by the clock. Steps bear being taken
    twice, so that a lease which ends too early costs time and nothing else.
    """

    name = models.CharField(max_length=64, primary_key=True)
    holder = models.CharField(max_length=64, blank=True)
    held_until = models.DateTimeField(null=True)
    next_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


def _refuse() -> NoReturn:
    raise RefusedError(
        "the audit trail cannot be changed", fix="Record a new event that corrects the old one"
    )
