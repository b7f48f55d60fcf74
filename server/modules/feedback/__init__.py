"""Field reports (phản ánh hiện trường): what residents see is broken, and what becomes of it."""
