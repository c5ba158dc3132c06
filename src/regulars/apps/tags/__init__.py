"""Tags: labels of members, each with a definition that staff can read, question and change.

A tag is made by a rule, by SQL, by a model, by another system or by hand. This room keeps the
definitions and their versions, installs the shipped packs, and lets nobody delete what is used. The
values lie in the lake: ``science.tags`` decides and keeps them.
"""
