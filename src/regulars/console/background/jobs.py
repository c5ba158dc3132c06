"""Long work that pages start and the worker does: loading a source, refreshing the features."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.utils.module_loading import import_string
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from regulars.apps.accounts.queries import staff_user
from regulars.apps.accounts.services import audit
from regulars.apps.accounts.services.access import require
from regulars.apps.accounts.types import Action, Actor, Capability
from regulars.apps.ingest import services as ingest
from regulars.apps.tags.services import refresh_everything
from regulars.console.background.tag_jobs import decide_tags
from regulars.console.contexts.data import Job
from regulars.console.desk import lake_at
from regulars.science.producers import latest_as_of

if TYPE_CHECKING:
    from regulars.science.producers import Producer, RefreshReport

JOBS_SHOWN = 20


def start_load(actor: Actor, mapping: str) -> bool:
    """Ask the worker to load the source; False when it is waiting or running already."""
    require(actor, Capability.LOAD_DATA)
    if any(job.kind == "load" and job.what == mapping for job in open_jobs()):
        return False
    load_source.enqueue(mapping, actor.user_id)
    return True


def start_refresh(actor: Actor, *, full: bool) -> bool:
    """Ask the worker to refresh the features; False when that is waiting or running already."""
    require(actor, Capability.REFRESH)
    if any(job.kind == "refresh" for job in open_jobs()):
        return False
    refresh_features.enqueue(actor.user_id, full=full)
    return True


def open_jobs() -> tuple[Job, ...]:
    """Return what waits or runs, oldest first; one query."""
    kinds = {
        load_source.module_path: "load",
        refresh_features.module_path: "refresh",
        decide_tags.module_path: "tags",
    }
    rows = DBTaskResult.objects.filter(
        status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING], task_path__in=kinds
    ).order_by("enqueued_at")[:JOBS_SHOWN]
    return tuple(
        Job(
            kind=kinds[row.task_path],
            what=str(row.args_kwargs["args"][0]) if kinds[row.task_path] == "load" else "",
            running=row.status == TaskResultStatus.RUNNING,
            since=row.started_at or row.enqueued_at,
        )
        for row in rows
    )


@task()
def load_source(mapping: str, user_id: int) -> None:
    """Load the source of the mapping; the load run keeps what came of it."""
    ingest.load(mapping, actor=_actor(user_id))


@task()
def refresh_features(user_id: int, *, full: bool) -> None:
    """Bring the features up to the day after the last order; the run log keeps what came of it."""
    actor = _actor(user_id)
    require(actor, Capability.REFRESH)
    lake = lake_at(settings.REGULARS_LAKE)
    with lake.snapshot() as snapshot:
        day: date = latest_as_of(snapshot)
    brand = cast("Callable[[], Iterable[Producer]]", import_string(settings.REGULARS_PRODUCERS))

    def note(report: RefreshReport) -> None:
        audit.record(
            actor,
            Action.REFRESH,
            object_kind="features",
            object_id=report.run_id,
            detail={"as_of": day.isoformat(), "full": full, "succeeded": report.succeeded},
        )

    # The features are there, and on the record, even where the tags cannot follow.
    refresh_everything(lake, day, full=full, producers=brand(), on_features=note)


def _actor(user_id: int) -> Actor:
    """Return the user as of now: a role taken away in the meantime counts."""
    user = staff_user(user_id)
    return Actor(
        user_id=user.user_id,
        username=user.username,
        name=user.name,
        role=user.role,
        scope=user.scope,
    )
