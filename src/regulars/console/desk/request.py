"""The desk of one request, and the door through which views get it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, wraps
from pathlib import Path
from typing import Concatenate, ParamSpec

import ibis
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone

from regulars.apps.accounts.queries import ScopedLake, actor_of, scoped
from regulars.apps.accounts.types import Actor, Capability, DataScope
from regulars.base.business_time import local_date
from regulars.base.errors import NotVisibleError, RefusedError
from regulars.console.desk.answers import remembered
from regulars.lake import Lake, Snapshot
from regulars.lake.stamps import stamp

AS_OF_KEY = "as_of"
AS_OF_CHOICES_MAX = 24
FIGURE_TABLES = (
    "orders",
    "order_lines",
    "members",
    "products",
    "stores",
    "features/rfm",
    "features/lifecycle",
    "features/value",
    "features/churn",
    "lifecycle_transitions",
    "alerts",
)
Arguments = ParamSpec("Arguments")


@dataclass(frozen=True, slots=True)
class Desk:
    """The reader, their part of one lake snapshot, and the date everything is as of.

    ``whole`` is the snapshot uncut: only for what names nobody, or is cut afterwards. ``stamp``
    changes when the tables do that the members' figures are made of.
    """

    actor: Actor
    lake: ScopedLake
    whole: ScopedLake
    stamp: str
    as_of: date
    as_of_choices: tuple[date, ...]
    currency: str
    zone: str

    @property
    def key(self) -> tuple[object, ...]:
        """What an answer depends on besides the question: the lake, its commit, scope and date."""
        return (str(settings.REGULARS_LAKE), self.lake.sequence, self.lake.scope, self.as_of)

    @property
    def whole_key(self) -> tuple[object, ...]:
        """What an answer depends on that is the same for every reader."""
        return (str(settings.REGULARS_LAKE), self.lake.sequence, self.as_of)


View = Callable[Concatenate[HttpRequest, Desk, Arguments], HttpResponseBase]
Answer = Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase]


def page(capability: Capability) -> Callable[[View[Arguments]], Answer[Arguments]]:
    """Make a view that needs ``capability`` and reads the lake through a ``Desk``.

    Raises ``PermissionDenied`` (403) without the capability, ``Http404`` for what does not exist
    or lies outside the reader's scope: the two look the same.
    """

    def decorate(view: View[Arguments]) -> Answer[Arguments]:
        @wraps(view)
        def answer(
            request: HttpRequest, /, *args: Arguments.args, **options: Arguments.kwargs
        ) -> HttpResponseBase:
            actor = actor_of(request)
            if not actor.may(capability):
                raise PermissionDenied(str(capability))
            try:
                with open_desk(request, actor) as desk:
                    return view(request, desk, *args, **options)
            except NotVisibleError as error:
                raise Http404(error.what) from error
            except RefusedError as error:
                raise PermissionDenied(error.what) from error

        return answer

    return decorate


@contextmanager
def open_desk(request: HttpRequest, actor: Actor) -> Iterator[Desk]:
    """Open one snapshot for the request; pages and their frame share it."""
    with lake_at(settings.REGULARS_LAKE).snapshot() as snapshot:
        desk = desk_at(snapshot, actor, wanted=request.session.get(AS_OF_KEY, ""))
        request.desk = desk  # type: ignore[attr-defined]  # the frame's context reads it
        yield desk


def desk_at(snapshot: Snapshot, actor: Actor, *, wanted: str) -> Desk:
    """Return the actor's desk as of the date ``wanted`` (ISO), if that has features."""
    # Which dates have features is the same for everybody and names nobody, so it is read with the
    # widest scope; what is then read as of a date is cut as always.
    whole = scoped(snapshot, DataScope("hq"))
    choices = _business_dates(whole, settings.REGULARS_LAKE)
    return Desk(
        actor=actor,
        lake=scoped(snapshot, actor.scope),
        whole=whole,
        stamp=stamp(snapshot, settings.REGULARS_LAKE, FIGURE_TABLES),
        as_of=_chosen(wanted, choices),
        as_of_choices=choices,
        currency=settings.REGULARS_BRAND.currency,
        zone=settings.REGULARS_BRAND.zone,
    )


@cache
def lake_at(root: Path) -> Lake:
    """Return the lake in the folder; one object per process."""
    return Lake(root)


def _chosen(wanted: str, choices: tuple[date, ...]) -> date:
    for day in choices:
        if day.isoformat() == wanted:
            return day
    return choices[0] if choices else local_date(timezone.now(), settings.REGULARS_BRAND.zone)


def _business_dates(lake: ScopedLake, root: Path) -> tuple[date, ...]:
    """Return the dates with features, newest first; without any, the day after the last order."""
    return remembered((str(root), lake.sequence), "business_dates", lambda: _read_dates(lake))


def _read_dates(lake: ScopedLake) -> tuple[date, ...]:
    for name in ("features/rfm", "features/lifecycle"):
        if lake.has(name):
            dates = lake.table(name).select("as_of").distinct()
            rows = dates.order_by(ibis.desc("as_of")).limit(AS_OF_CHOICES_MAX).to_pyarrow()
            if rows.num_rows:
                return tuple(rows.column("as_of").to_pylist())
    if lake.has("orders"):
        last = lake.table("orders").business_date.max().to_pyarrow().as_py()
        if last is not None:
            return (last + timedelta(days=1),)
    return ()
