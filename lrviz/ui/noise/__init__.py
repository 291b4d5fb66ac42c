"""The Noise page: hundreds of seeds of one run at once, and what theory says of their cloud."""
