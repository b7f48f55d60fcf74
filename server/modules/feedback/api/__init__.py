"""Field reports over HTTP."""
