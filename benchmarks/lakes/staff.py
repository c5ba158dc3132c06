"""Run by ``million_pages`` inside the measured home: one staff user per scope, signed in."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from regulars.apps.accounts.types import DataScope, Role
    from regulars.lake import Snapshot


def main() -> None:
    """Print scope, session and a member of each user as one line of JSON."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.server.settings")
    django.setup()
    from django.conf import settings

    from regulars.apps.accounts.queries import scoped
    from regulars.apps.accounts.types import DataScope, Role
    from regulars.console.desk import lake_at
    from regulars.server import processes

    processes.migrate()
    with lake_at(settings.REGULARS_LAKE).snapshot() as snapshot:
        region, store, guide = _largest_home(snapshot)
        users = (
            (DataScope("hq"), Role.ADMIN),
            (DataScope("region", (region,)), Role.OPERATIONS),
            (DataScope("store", (store,)), Role.SHOP_MANAGER),
            (DataScope("guide", (guide,)), Role.GUIDE),
        )
        desks = []
        for scope, role in users:
            members = scoped(snapshot, scope).table("members")
            member = members.member_id.min().to_pyarrow().as_py()
            desks.append(
                {"scope": scope.kind, "session": _signed_in(scope, role), "member": member}
            )
    print(json.dumps(desks))


def _largest_home(snapshot: Snapshot) -> tuple[str, str, str]:
    """Return region, store and guide of the guide with the most members."""
    members, stores = snapshot.table("members"), snapshot.table("stores")
    guided = members.filter(members.guide_id.notnull(), members.home_store_id.notnull())
    homes = guided.inner_join(stores, guided.home_store_id == stores.store_id)
    homes = homes.filter(homes.region_id.notnull())
    counted = homes.group_by("region_id", "home_store_id", "guide_id").agg(members=homes.count())
    row = counted.order_by(counted.members.desc(), "guide_id").limit(1).to_pyarrow().to_pylist()[0]
    return row["region_id"], row["home_store_id"], row["guide_id"]


def _signed_in(scope: DataScope, role: Role) -> str:
    """Return the key of a session of a user with that role and scope, made where missing."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from regulars.apps.accounts.models import User

    user, _made = User.objects.update_or_create(
        username=f"bench-{scope.kind}",
        defaults={"role": role, "scope_kind": scope.kind, "scope_ids": list(scope.ids)},
    )
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


if __name__ == "__main__":
    main()
