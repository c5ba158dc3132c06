"""Tests of the accounts room, one file per behaviour."""
