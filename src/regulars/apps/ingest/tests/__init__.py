"""Tests of the ingest room, one file per behaviour; cleaning has a folder of its own."""
