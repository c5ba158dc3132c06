"""Members written one by one, from outside."""
