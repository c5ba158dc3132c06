"""The Tags pages and their addresses; every page reads through a desk, like all others."""
