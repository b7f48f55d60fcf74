"""Identity over HTTP, one file for each audience."""
