"""The reference page: everything that there is, in a list that is searched as one types, and each by itself."""
