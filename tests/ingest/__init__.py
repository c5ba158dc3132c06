"""The ingest room with the real rooms around it."""
