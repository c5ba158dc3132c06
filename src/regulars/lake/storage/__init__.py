"""How the lake lies on the disk: Delta logs, Parquet files, the manifest and the write lock.

Nothing here knows snapshots or transactions; everything above goes through it.
"""
