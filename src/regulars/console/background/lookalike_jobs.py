"""Expansions worked out by the worker: comparing all members takes seconds to a minute."""

from __future__ import annotations

from django.conf import settings
from django_tasks import task

from regulars.apps.audiences.services import work_out
from regulars.console.desk import lake_at


def start_expansion(run_id: str) -> None:
    """Ask the worker to work it out."""
    expand.enqueue(run_id)


@task()
def expand(run_id: str) -> None:
    """Work the expansion out; what came of it is kept with it."""
    work_out(lake_at(settings.REGULARS_LAKE), run_id)
