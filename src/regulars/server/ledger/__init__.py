"""Where the ledger is: a SQLite file in ``REGULARS_HOME``, or PostgreSQL by ``DATABASE_URL``.

``address`` reads and checks that choice; ``moving`` carries a whole ledger from one to the other.
"""
