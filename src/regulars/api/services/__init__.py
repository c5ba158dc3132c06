"""Writes of the side door: API keys made and revoked, answers of writes kept and forgotten."""
