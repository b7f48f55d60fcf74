"""Far sides to play with: what a demonstration talks to instead of the systems of the state and the banks.

Each is a small server of its own on loopback, spoken to only over HTTP: it knows nothing of the application.
"""
