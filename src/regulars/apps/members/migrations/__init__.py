"""Migrations of the members room."""
