"""The serving copy: every member's profile in the ledger, where one member is read in a moment.

``serve_profiles`` brings it in line with the lake. It looks at the members that a commit changed,
or at all when a date or the product list moved, and writes the profiles that differ.
"""

from regulars.apps.members.services.serving.serve import Served, is_serving_due, serve_profiles

__all__ = ["Served", "is_serving_due", "serve_profiles"]
