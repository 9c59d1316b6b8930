"""A count night played by people on two platforms, judged after each step of it."""
