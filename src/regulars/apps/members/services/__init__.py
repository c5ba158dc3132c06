"""Writes of the members room.

``resolve`` decides who the rows of a load are; ``merge``, ``reviews`` and ``erasure`` act by hand;
``publish`` brings the lake's members and facts in line with the ledger; ``reveal`` opens one
identifier; ``member_code`` makes and reads the code a member shows at the till.
"""
