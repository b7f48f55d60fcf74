"""Field reports on the wire."""
