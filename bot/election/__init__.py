"""A count as nouns and arithmetic. No I/O."""
