"""Rules held against a vocabulary, before anything else is done with them."""

from regulars.science.rules.checking.check import checked

__all__ = ["checked"]
