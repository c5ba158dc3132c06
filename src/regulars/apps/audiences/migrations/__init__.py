"""Migrations of the audiences room."""
