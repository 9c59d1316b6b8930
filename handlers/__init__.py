"""What the bot says and does, a file for each thing."""
