"""The Stability page: outcome maps over any two numbers of a run, with theory's boundary, and the run of any cell."""
