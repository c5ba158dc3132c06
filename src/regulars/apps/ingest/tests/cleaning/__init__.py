"""Tests of the cleaning functions, against plain Python that shares no code with them."""
