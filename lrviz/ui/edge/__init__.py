"""The edge of stability page: the curvature that training comes to, beside the one that its rate can just bear."""
