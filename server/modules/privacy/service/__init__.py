"""The verbs of privacy, one file for each noun."""
