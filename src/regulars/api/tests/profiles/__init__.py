"""Profiles: every part with its source, and the card."""
