"""The shapes of news on the wire."""
