"""Tests of the side door: keys, problems, pages, scope, and every answer documented."""
