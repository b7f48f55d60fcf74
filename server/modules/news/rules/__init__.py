"""Decisions about news: no database, no clock."""
