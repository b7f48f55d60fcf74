"""The verbs of field reports."""
