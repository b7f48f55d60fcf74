"""The dossiers over HTTP: systems report, residents ask, officers act."""
