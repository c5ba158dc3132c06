"""The look-alike pages: a seed is chosen, then the members like it are kept or exported."""
