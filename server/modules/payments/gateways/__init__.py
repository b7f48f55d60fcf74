"""The far sides that move money."""
