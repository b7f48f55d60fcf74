"""News: what the province announces, written by one person and let out by another."""
