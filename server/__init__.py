"""The citizen app of a province: backend."""
