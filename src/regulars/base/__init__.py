"""The foundation: errors, ids, money, business time and environment variables.

Standard library only; every other floor may import it.
"""
