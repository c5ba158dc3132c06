"""What the pages show of all members, added up once per state of the lake and kept as files.

Every member has one home store and one guide, so counts of distinct members may be added over
those: the figures of any data scope are a sum of rows here, and nobody waits for the long tables.
"""

from regulars.console.figures.digests.erased import leave_out_erased
from regulars.console.figures.digests.places import digests_folder
from regulars.console.figures.digests.shelf import (
    Digest,
    digest,
    keep_newest,
    keep_up,
    tidy_digests,
)

__all__ = [
    "Digest",
    "digest",
    "digests_folder",
    "keep_newest",
    "keep_up",
    "leave_out_erased",
    "tidy_digests",
]
