"""A stand-in Discord over real HTTP and WebSockets."""
