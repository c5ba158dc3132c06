"""Audiences: groups of members chosen for a purpose.

So far those that grow from a seed: an *expansion* learns what tells the seed from everybody else
and finds the members most like it, leaving out who refused. Whom it found lies in the lake
(``lookalikes``); the ledger keeps what was asked, by whom, and how good the answer is.
"""
