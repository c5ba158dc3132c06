"""The look-alike pages: what may be chosen as a seed, and what an expansion found."""
