"""What the scenario of the models asks of each of them, and the chain whose truth is known."""
