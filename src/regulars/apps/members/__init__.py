"""Members: one id for a person over every channel.

Sources name people by phones, cards and account ids. This room decides which of them are the same
person, keeps the identifiers sealed, remembers every link so that a merge can be undone, and asks
a person where the rules must not decide alone.
"""
