"""The servers ours is compared with: the same replies, from the same PostgreSQL, each in its own idiom."""
