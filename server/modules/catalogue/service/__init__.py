"""The verbs of the catalogue: procedures, and the words by which people find them."""
