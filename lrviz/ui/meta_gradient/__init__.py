"""The meta-gradient page: the slope of the loss at the end over η, and descent on it."""
