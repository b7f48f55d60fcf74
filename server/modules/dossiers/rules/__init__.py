"""Pure decisions about dossiers: codes, statuses, working time, what an event changes."""
