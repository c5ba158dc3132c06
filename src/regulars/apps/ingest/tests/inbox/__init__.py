"""The inbox: posted orders are kept once, and reach the lake once, whatever happens."""
