"""The desk's verbs: take in what other systems report, say where a dossier stands."""
