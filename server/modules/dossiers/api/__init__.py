"""HTTP of the dossiers: systems report, residents ask."""
