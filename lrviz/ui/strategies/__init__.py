"""The Strategies page: what is said for and against each way to choose a rate, and what was measured of it."""
