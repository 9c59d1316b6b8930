"""Slack as a platform; `opening` has what loads its client."""
