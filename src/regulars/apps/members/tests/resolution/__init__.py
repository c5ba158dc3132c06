"""Whose rows are these: identifiers spelt, joined, contested, and asked about."""
