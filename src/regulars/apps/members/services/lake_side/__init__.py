"""The lake's side of identity: member rows, moved facts, home stores.

``publishing`` is the way in; it calls the others.
"""
