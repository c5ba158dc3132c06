"""Run as a program: refresh and serve the home of ``REGULARS_HOME``, and make a key for it.

Prints a line of JSON: the key's token, 20,000 members, and what serving took.
"""

from __future__ import annotations

import json
import os
import random
import resource
import time

MEMBERS = 20_000


def prepared() -> dict[str, object]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.server.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from regulars.api.services.keys import create_key
    from regulars.api.types import RATE_MAX, ApiScope, KeyDetails
    from regulars.apps.accounts.types import DataScope
    from regulars.apps.members.services.serving import serve_profiles
    from regulars.lake import Lake
    from regulars.science.producers import latest_as_of, refresh
    from regulars.server.measures import brand_producers

    call_command("migrate", verbosity=0)
    lake = Lake(settings.REGULARS_LAKE)
    with lake.snapshot() as snapshot:
        as_of = latest_as_of(snapshot)
        ids = snapshot.table("members").select("member_id").to_pyarrow()["member_id"].to_pylist()
    refresh(lake, as_of, producers=brand_producers())
    began = time.perf_counter()
    served = serve_profiles(lake)
    seconds = round(time.perf_counter() - began, 2)
    key = create_key(None, KeyDetails("bench", tuple(ApiScope), DataScope("hq"), RATE_MAX))
    return {
        "token": key.token,
        "members": random.Random(7).sample(sorted(ids), min(MEMBERS, len(ids))),
        "seconds": seconds,
        "looked_at": served.looked_at,
        "written": served.written,
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


if __name__ == "__main__":
    print(json.dumps(prepared()))
