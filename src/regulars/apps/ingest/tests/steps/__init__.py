"""The steps of a load: cleaning ahead, memory, and what follows after it."""
