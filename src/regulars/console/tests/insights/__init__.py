"""What the Insights pages show, whom each number leads to, and what a data scope cuts off."""
