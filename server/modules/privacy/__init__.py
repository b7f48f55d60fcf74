"""What people may ask about their own data: consents, a copy, erasure, and who looked at it."""
