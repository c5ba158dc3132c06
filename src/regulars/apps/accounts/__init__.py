"""The lowest room: who may sign in, what each may do, which members each sees.

It also keeps the audit trail and the vault that seals direct identifiers.
"""
