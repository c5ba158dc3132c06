"""Migrations of the tags room."""
