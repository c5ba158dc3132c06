"""Pure logic of identity: kinds of identifiers, their normal form, and what links to what.

Nothing here reads or writes a table.
"""
