"""The outside systems of this module: who sends codes to phones, and who vouches for people (VNeID)."""
