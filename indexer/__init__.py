"""Cases to a searchable index, and the search over it."""
