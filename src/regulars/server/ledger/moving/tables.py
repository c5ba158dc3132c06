"""Which tables a ledger has, in an order in which what is named comes before what names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Field

# Django's own record of what it did to a database; the target has its own.
MIGRATIONS_TABLE = "django_migrations"
# Made anew by every migrate, with numbers that may differ: they are replaced, not added to.
_MADE_BY_MIGRATE = frozenset(("contenttypes.ContentType", "auth.Permission"))


@dataclass(frozen=True, slots=True)
class LedgerTable:
    """One table of the ledger, as Django knows it."""

    model: type[models.Model]

    @property
    def name(self) -> str:
        """The table's name in the database."""
        return self.model._meta.db_table  # noqa: SLF001 Django documents _meta as its interface

    @property
    def fields(self) -> list[Field[Any, Any]]:
        """The table's columns."""
        return list(self.model._meta.local_concrete_fields)  # noqa: SLF001 as above

    @property
    def made_by_migrate(self) -> bool:
        """Whether migrate itself fills the table."""
        return self.model._meta.label in _MADE_BY_MIGRATE  # noqa: SLF001 as above


def ledger_tables() -> list[LedgerTable]:
    """Return every table, named ones before those that name them."""
    every = {
        model: None
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy  # noqa: SLF001 as above
    }
    ordered: dict[type[models.Model], None] = {}
    while len(ordered) < len(every):
        ready = [
            model for model in every if model not in ordered and _named_by(model) <= set(ordered)
        ]
        # Rows of a ring of tables may wait for each other: all constraints are checked at the end.
        ordered |= dict.fromkeys(ready or [model for model in every if model not in ordered])
    return [LedgerTable(model) for model in ordered]


def _named_by(model: type[models.Model]) -> set[type[models.Model]]:
    return {
        field.related_model
        for field in model._meta.local_concrete_fields  # noqa: SLF001 as above
        if isinstance(field.related_model, type) and field.related_model is not model
    }
