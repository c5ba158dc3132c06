"""Producers of what members are worth and how they buy.

Some of them look further than at one member's facts: `preparing` is where they learn of the whole
lake before a refresh, such as which fit of a model holds (`fitted`).
"""
