"""Profiles in the ledger that say what the lake says, written where they differ."""
