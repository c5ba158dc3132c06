"""Pure logic of tags: what a definition must say, how it is kept, and what it means to science."""
