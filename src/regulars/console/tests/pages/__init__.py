"""Page by page: what each shows, whom it finds, and what it refuses."""
