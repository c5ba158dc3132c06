"""Tests of the members room."""
