"""Writes and acts of the accounts room.

``access`` allows or refuses, ``audit`` records, ``sign_in`` opens and locks, ``staff`` and
``profile`` change users, ``vault`` seals identifiers.
"""
