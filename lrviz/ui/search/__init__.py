"""The search page: grid, random and Bayesian search and successive halving, at one and the same budget."""
