"""The Tags pages: who sees what, who may change what, and what they show."""
