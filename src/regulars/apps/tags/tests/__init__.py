"""What the tags room promises: whole definitions, versions, packs, assignments and reviews."""
