"""What ``regulars doctor`` looks at: one module per organ, each returning findings.

A check never raises for what it came to find: a broken part is a finding that says what to do.
"""
