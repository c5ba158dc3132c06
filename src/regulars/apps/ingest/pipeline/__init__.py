"""The way of a row from source to lake.

``cleaner`` turns one batch into typed columns and refusals; ``stage`` runs it over a source into a
file of clean rows; ``persons`` collects whose rows they are; ``shaping`` finds repeated keys and
selects the rows of each lake table; ``landing`` writes them in one lake transaction.
"""
