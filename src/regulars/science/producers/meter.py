"""How much time and memory a run took."""

from __future__ import annotations

import resource
import time
from contextlib import suppress
from pathlib import Path

_KIB_PER_MIB = 1024
_RESET_PEAK = "5"  # proc(5): writing 5 resets the peak resident set size


class Meter:
    """Counts from its creation; the memory peak is the whole process's."""

    def __init__(self) -> None:
        # Where the kernel does not let the peak be reset, it is that of the process's life.
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text(_RESET_PEAK, encoding="ascii")
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._began

    @property
    def peak_memory_mb(self) -> float:
        """The highest resident memory since the start, in MiB."""
        with suppress(OSError):
            for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / _KIB_PER_MIB
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_PER_MIB
