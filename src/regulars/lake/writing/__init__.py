"""How the rows of one table change within a commit.

``upsert`` finds and writes differences, ``owners`` gives and erases a member's rows, ``revision``
puts later rows of a feature beside earlier ones. ``scouting`` looks ahead for the files they will
need.
"""
