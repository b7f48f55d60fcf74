"""Pure decisions about field reports."""
