"""The public services: what each one needs, costs and takes, and how a resident finds it."""
