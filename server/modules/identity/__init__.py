"""Who people are: residents and staff, how they sign in, on which devices, and what they may do."""
