"""The side door: REST under /api/v1/ for the systems of a retailer, with keys of their own.

A key carries scopes (what it may do) and a data scope (whose data it sees, cut in the same place
as for staff). It stands above the rooms and below the console, whose key page uses its doors.
"""
