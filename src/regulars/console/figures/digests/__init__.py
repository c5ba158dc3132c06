"""What the pages show of all members, added up once per state of the lake and kept as files.

Every member has one home store and one guide, so counts of distinct members may be added over
those: the figures of any data scope are a sum of rows here, and nobody waits for the long tables.
"""

from regulars.console.figures.digests.shelf import Digest, digest, keep_newest, keep_up, shelf

__all__ = ["Digest", "digest", "keep_newest", "keep_up", "shelf"]
