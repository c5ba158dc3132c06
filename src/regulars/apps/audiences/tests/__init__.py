"""What the audiences room promises: seeds, expansions, tags and exports made of them."""
