"""What is due, what was paid, and where every đồng went."""
