"""The night as files: pure writers, from what is known to text."""
