"""What every request of the API passes: the key, its scope and rate, and problems in one form.

Nothing here knows a route; nothing here reads a member.
"""
