"""Questions, a file each."""
