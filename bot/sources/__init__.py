"""Fetching live blogs, and one file a format, each a pure `parse`."""
