"""Writes of the members room.

``resolution`` decides who the rows of a load are; ``by_hand``, ``reviews`` and ``erasure`` are
acts of a person; ``lake_side`` brings the lake's members and facts in line with the ledger;
``reveal`` opens one identifier; ``member_code`` makes and reads the code a member shows.
"""
