"""Mappings: their mistakes named, and their expressions checked."""
