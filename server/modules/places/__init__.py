"""Where people live: communes and wards, what they were called before, and the offices that serve them."""
