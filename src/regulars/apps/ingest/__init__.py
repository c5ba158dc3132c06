"""Ingest: brings other systems' files into the lake.

A mapping says what a source's columns mean. A load reads the file in batches, cleans it, sets bad
rows aside in quarantine with their reason, finds out whose rows they are through a hook, and writes
everything in one lake transaction. Every row is accounted for: read = loaded + duplicates +
quarantined.
"""
