"""Who the simulated people are: their true natures, their accounts, and what sources write."""
