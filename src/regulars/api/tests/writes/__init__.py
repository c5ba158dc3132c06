"""What other systems write: orders, members, tags."""
