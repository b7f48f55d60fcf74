"""The verbs of the news desk."""
