"""What an entry says that the record, or the night's figures, contradict. Silent when unsure."""
