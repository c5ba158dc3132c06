"""The pages, over a small chain that came through the real rooms below."""
