"""Scenarios of the API under load from other systems, beside a server that says hello."""
