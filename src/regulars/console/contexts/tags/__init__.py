"""What the Tags pages show: the centre with its tree, one tag, the editor, a member's tags."""
