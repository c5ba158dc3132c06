"""What simulated people do: buy, browse, answer campaigns, give back, write reviews."""
