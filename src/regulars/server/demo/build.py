"""The demo, step by step: migrate, load, staff the shops, refresh. A second run changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from rich.console import Console

from regulars.apps.accounts.queries import scoped
from regulars.apps.accounts.types import DataScope
from regulars.apps.ingest.queries import newest_runs
from regulars.apps.ingest.services import load
from regulars.apps.ingest.types import LoadReport, RunState
from regulars.apps.members.services.lake_side.home_stores import assign_guides
from regulars.apps.members.services.lake_side.publishing import publish
from regulars.apps.members.services.serving import serve_profiles
from regulars.apps.tags.services import install_packs, refresh_all_tags
from regulars.base.errors import ConfigurationError, LakeError
from regulars.lake import Lake
from regulars.science.monitors import follow
from regulars.science.producers import refresh
from regulars.server import processes
from regulars.server.demo.staffing import (
    DemoAccount,
    busiest_store,
    guides_of_stores,
    open_accounts,
)
from regulars.server.measures import brand_producers
from regulars.server.tag_report import show_tags

# The day after the last day of the data.
BUSINESS_DATE = date(2018, 1, 1)
# A quarter before: who moved since then is there on the first look.
EARLIER_DATE = date(2017, 10, 1)
WATCHED = ("rfm", "lifecycle", "value")  # what alerts and moves compare with
_OWN = "complete_journey/"
# What others name comes first: products before lines, campaigns before their coupons.
MAPPINGS = (
    "products",
    "campaign_descriptions",
    "transactions",
    "demographics",
    "campaigns",
    "coupons",
    "coupon_redemptions",
)


@dataclass(frozen=True, slots=True)
class Demo:
    """What stands ready."""

    members: int
    orders: int
    order_lines: int
    net_sales: Decimal
    as_of: date
    accounts: tuple[DemoAccount, ...]


def build_demo() -> Demo:
    """Bring the demo's home to its final state from whatever state it is in."""
    console = Console()
    processes.migrate()
    lake = Lake(settings.REGULARS_LAKE)
    _demand_own_ledger(lake)
    for name in MAPPINGS:
        with console.status(f"Loading {name}"):
            _print_load(console, load(f"{_OWN}{name}"))
    _staff_shops(lake)
    install_packs(lake)
    _refresh(console, lake)
    with console.status("Serving profiles"):
        serve_profiles(lake)
    return _described(lake)


def _refresh(console: Console, lake: Lake) -> None:
    """Compute features of two dates, all of them and tags of the newer one alone.

    Who moved since the earlier date needs no more of it; what a run before has computed stays.
    """
    with lake.snapshot() as snapshot:
        rows = snapshot.table("features/rfm").select("as_of").distinct().to_pyarrow()
    known = rows.column("as_of").to_pylist()
    for day in (EARLIER_DATE, BUSINESS_DATE):
        if day in known and day != BUSINESS_DATE:
            continue
        wanted = [one for one in brand_producers() if day == BUSINESS_DATE or one.name in WATCHED]
        with console.status(f"Refreshing as of {day}"):
            report = refresh(lake, day, producers=wanted)
            report = follow(lake, report, producers=wanted)
        for run in report.runs:
            if run.state in {"failed", "blocked"}:
                raise LakeError(f"{run.producer} did not refresh: {run.error}", where="demo")
            console.print(
                f"  {run.producer:<24}{run.state:<14}{run.rows_out:>10,} rows"
                f"{run.seconds:>8.1f} s  as of {day}",
                highlight=False,
            )
    with console.status(f"Deciding tags as of {BUSINESS_DATE}"):
        show_tags(console, refresh_all_tags(lake, BUSINESS_DATE))


def _demand_own_ledger(lake: Lake) -> None:
    """Refuse a ledger that others have loaded into, as ``DATABASE_URL`` may name any."""
    others = {run.mapping for run in newest_runs(before=None, limit=100)}
    if lake.snapshot().sequence == 0 and any(not name.startswith(_OWN) for name in others):
        raise ConfigurationError(
            "this ledger holds an installation that is not the demo",
            where=settings.REGULARS_LEDGER.shown,
            fix="Unset DATABASE_URL, or name an empty database for the demo",
        )


def _staff_shops(lake: Lake) -> None:
    with lake.snapshot() as snapshot:
        guides = guides_of_stores(scoped(snapshot, DataScope("hq")))
    if assign_guides(guides):
        publish(lake, note="assign guides")


def _print_load(console: Console, report: LoadReport) -> None:
    if report.state is RunState.UNCHANGED:
        console.print(f"  {report.contract:<24}already loaded", highlight=False)
        return
    counts = report.counts
    console.print(
        f"  {report.contract:<24}read {counts.read:>10,} = loaded {counts.loaded:,} + duplicates "
        f"{counts.duplicates:,} + quarantined {counts.quarantined:,}{report.seconds:>8.1f} s",
        highlight=False,
    )


def _described(lake: Lake) -> Demo:
    with lake.snapshot() as snapshot:
        whole = scoped(snapshot, DataScope("hq"))
        lines = whole.table("order_lines")
        totals = lines.agg(lines=lines.count(), net=lines.net_amount.sum()).to_pyarrow().to_pylist()
        return Demo(
            members=whole.table("members").count().to_pyarrow().as_py(),
            orders=whole.table("orders").count().to_pyarrow().as_py(),
            order_lines=totals[0]["lines"],
            net_sales=totals[0]["net"],
            as_of=BUSINESS_DATE,
            accounts=tuple(open_accounts(settings.REGULARS_HOME, busiest_store(whole))),
        )
