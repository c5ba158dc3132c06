"""Regulars 熟客: member operations for chain retailers that sell in shops and online.

Floors, top to bottom: ``server``, ``console``, ``apps``, ``science``, ``lake``, ``base``.
Imports go down only.
"""
