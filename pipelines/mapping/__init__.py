"""A clerk's words to contract columns, and the start of a mapping."""
