"""The desk's verbs, one file for each noun."""
