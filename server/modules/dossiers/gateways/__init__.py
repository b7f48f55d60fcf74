"""The outside systems of this module: the exchange bus of the state (LGSP, NDXP)."""
