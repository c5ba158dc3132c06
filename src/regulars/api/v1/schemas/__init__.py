"""The shapes of version 1: what may be sent, and what is answered, each with an example."""
