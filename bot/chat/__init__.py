"""What is said, on no platform. No I/O."""
