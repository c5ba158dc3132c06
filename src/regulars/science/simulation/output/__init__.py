"""How the simulated chain's systems write down what happened, and the truth beside it."""
