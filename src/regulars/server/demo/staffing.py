"""The demo's staff: one account per role, and two guides in every shop."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from regulars.apps.accounts.queries import ScopedLake
from regulars.apps.accounts.queries.staff import staff_users
from regulars.apps.accounts.services.staff import create_staff
from regulars.apps.accounts.types import DataScope, Role, StaffDetails
from regulars.server.demo.passwords import demo_passwords

GUIDES_PER_STORE = ("1", "2")


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account to sign in with, as the demo prints it."""

    details: StaffDetails
    password: str


def guides_of_stores(lake: ScopedLake) -> dict[str, list[str]]:
    """Return two guide ids for every store: the data name none."""
    store_ids = lake.table("stores").select("store_id").to_pyarrow().column("store_id").to_pylist()
    return {store: [f"G{store}-{number}" for number in GUIDES_PER_STORE] for store in store_ids}


def busiest_store(lake: ScopedLake) -> str:
    """Return the store that is home to the most members; the smaller id on a tie."""
    members = lake.table("members")
    settled = members.filter(members.home_store_id.notnull())
    counted = settled.group_by("home_store_id").agg(members=settled.count())
    first = counted.order_by([counted.members.desc(), "home_store_id"]).limit(1).to_pyarrow()
    return str(first.column("home_store_id")[0].as_py())


def open_accounts(home: Path, store_id: str) -> list[DemoAccount]:
    """Create one account per role where it is missing; return all with their passwords."""
    wanted = _details(store_id)
    passwords = demo_passwords(home, [details.username for details in wanted])
    accounts = [DemoAccount(details, passwords[details.username]) for details in wanted]
    present = {user.username for user in staff_users()}
    for account in accounts:
        if account.details.username not in present:
            create_staff(None, account.details, password=account.password)
    return accounts


def _details(store_id: str) -> list[StaffDetails]:
    everywhere = DataScope("hq")
    return [
        StaffDetails("admin", "Ada Admin", Role.ADMIN, everywhere),
        StaffDetails("operations", "Olivia Operations", Role.OPERATIONS, everywhere),
        StaffDetails("analyst", "Andy Analyst", Role.ANALYST, everywhere),
        StaffDetails("manager", "Mia Manager", Role.SHOP_MANAGER, DataScope("store", (store_id,))),
        StaffDetails("guide", "Gus Guide", Role.GUIDE, DataScope("guide", (f"G{store_id}-1",))),
        StaffDetails("service", "Sam Service", Role.SERVICE, everywhere),
    ]
