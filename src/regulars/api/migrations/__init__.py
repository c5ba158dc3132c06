"""Migrations of the side door."""
