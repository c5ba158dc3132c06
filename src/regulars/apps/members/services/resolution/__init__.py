"""Whose rows are these: from the identifiers of a load to members.

``incoming`` reads, ``holdings`` looks up, the rules decide, ``recording`` writes.
"""
