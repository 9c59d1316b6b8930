"""Outbox in, messages out."""
