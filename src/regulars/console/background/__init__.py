"""What happens beside the requests: jobs that pages start, and a thread that warms the answers."""
