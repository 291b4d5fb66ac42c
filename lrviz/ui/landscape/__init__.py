"""The loss landscape page: a plane through a network's loss, with the paths of training on it."""
