"""The desk's verbs: let a device be rung, say what it is told, ring it."""
