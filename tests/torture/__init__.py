"""The torture: a stream of items to fifty channels, and everything that can go wrong on the way."""
