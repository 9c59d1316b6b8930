"""Commands that change something or explain, a file each."""
