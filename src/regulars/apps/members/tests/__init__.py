"""What the members room promises: one id, merges that can be undone, sealed identifiers."""
