"""The tags decided again after somebody has defined, imported or given one: work for the worker."""

from __future__ import annotations

from django.conf import settings
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from regulars.apps.tags.services import refresh_all_tags
from regulars.console.desk import lake_at
from regulars.science.producers import latest_as_of


def start_tags() -> bool:
    """Ask the worker to decide the tags; False when that is waiting already."""
    waiting = DBTaskResult.objects.filter(
        status=TaskResultStatus.READY, task_path=decide_tags.module_path
    )
    if waiting.exists():
        return False
    decide_tags.enqueue()
    return True


@task()
def decide_tags() -> None:
    """Decide the tags as of the date they are of, or the day after the last order."""
    lake = lake_at(settings.REGULARS_LAKE)
    with lake.snapshot() as snapshot:
        day = None
        if snapshot.has("tags"):
            day = snapshot.table("tags")["as_of"].max().to_pyarrow().as_py()
        day = day or latest_as_of(snapshot)
    with lake.refreshing():
        refresh_all_tags(lake, day)
