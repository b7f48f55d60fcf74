"""What payments say on the wire."""
