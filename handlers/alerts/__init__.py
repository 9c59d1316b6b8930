"""Events that become posts, a file each."""
