"""What the figures of the console compute, against other ways to compute it."""
