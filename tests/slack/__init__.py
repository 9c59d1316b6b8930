"""A stand-in Slack on loopback, for the real clients, and the tests that it is a fair one."""
