"""The tags decided again after somebody has defined, imported or given one: work for the worker."""

from __future__ import annotations

from django.conf import settings
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from regulars.apps.tags.services import refresh_all_tags
from regulars.base.errors import LakeBusyError
from regulars.console.desk import lake_at
from regulars.science.producers import latest_as_of

# Each one waits ten minutes for its turn: who refreshes for longer decides the tags as well.
ATTEMPTS_MAX = 3


def start_tags() -> bool:
    """Ask the worker to decide the tags; False when that is waiting already."""
    return _ask(attempt=1)


@task()
def decide_tags(attempt: int = 1) -> None:
    """Decide the tags as of the date they are of, or the day after the last order.

    While the lake is busy it is put off, up to ``ATTEMPTS_MAX`` times; then it fails.
    """
    lake = lake_at(settings.REGULARS_LAKE)
    try:
        with lake.refreshing():
            with lake.snapshot() as snapshot:
                day = None
                if snapshot.has("tags"):
                    day = snapshot.table("tags")["as_of"].max().to_pyarrow().as_py()
                day = day or latest_as_of(snapshot)
            refresh_all_tags(lake, day)
    except LakeBusyError:
        if attempt >= ATTEMPTS_MAX:
            raise
        _ask(attempt=attempt + 1)


def _ask(*, attempt: int) -> bool:
    waiting = DBTaskResult.objects.filter(
        status=TaskResultStatus.READY, task_path=decide_tags.module_path
    )
    if waiting.exists():
        return False
    decide_tags.enqueue(attempt)
    return True
