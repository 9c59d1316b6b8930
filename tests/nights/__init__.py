"""Nights as they were."""
