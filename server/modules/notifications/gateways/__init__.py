"""The outside system of this module: the push services of the browsers (RFC 8030)."""
