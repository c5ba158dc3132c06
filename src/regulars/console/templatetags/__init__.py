"""How the pages write icons, money, counts and dates."""
