"""The Reinforcement page: REINFORCE on CartPole, several seeds and rates at once."""
