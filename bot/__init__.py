"""Teller's machinery: chat, time, feeds and storage. What it says stands in `handlers`."""
