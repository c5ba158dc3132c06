"""Catalog: what is sold and where. Reads of the stores and products the lake holds.

It has no tables of its own: ingest loads the lists into the lake.
"""
