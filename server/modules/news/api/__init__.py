"""News over HTTP."""
