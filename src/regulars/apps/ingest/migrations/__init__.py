"""The migrations of the ingest room."""
