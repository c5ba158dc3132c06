"""Scenarios of a million members: loading their files, refreshing features, showing pages."""
