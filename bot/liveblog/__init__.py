"""A live blog as nouns and decisions. No I/O."""
