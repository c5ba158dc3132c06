"""Reads of the side door's own tables: the keys and their state, never a secret."""
