"""Where a resident's dossier stands: told by the systems that handle it, asked by its code and four digits."""
