"""Transfer: early layers at a lower rate, one rate for all, or from scratch."""
