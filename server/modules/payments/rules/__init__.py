"""What payments decide. No database, no clock."""
