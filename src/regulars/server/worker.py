"""The worker process: the jobs that pages start, and beside them the ticks.

A long job does not keep the ticks waiting: they have threads of their own, one for those that are
quick and one for those that are not.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from threading import Event, Thread
from time import monotonic

from django.core.management import call_command

# Less than what the process that started this one waits before it kills.
STOP_SECONDS = 8


def main() -> None:
    """Run until SIGTERM or SIGINT; a step that is being taken is finished, if it is quick."""
    from regulars.server.steps import ticking

    # Whoever asks before the jobs' own handlers stand must not be answered with a traceback.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    stop = Event()
    name = f"{socket.gethostname()} {os.getpid()}"
    threads = [
        Thread(
            target=ticking.run,
            args=(stop,),
            kwargs={"worker": name[:64], "steps": steps},
            daemon=True,
        )
        for steps in (ticking.STEPS, ticking.LONG_STEPS)
    ]
    for ticks in threads:
        ticks.start()
    try:
        call_command("db_worker", interval=1)
    finally:
        stop.set()
        deadline = monotonic() + STOP_SECONDS
        for ticks in threads:
            ticks.join(max(0.0, deadline - monotonic()))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.server.settings")
    import django

    django.setup()
    main()
