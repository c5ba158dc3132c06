"""The living floors: one Django app ("room") per context, for what needs a transaction.

Rooms, top to bottom: ``members``, then ``catalog`` and ``ingest``, then ``accounts``. A room
imports a lower one only through its ``services``, ``queries``, ``types`` and ``hooks``.
"""
