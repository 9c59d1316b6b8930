"""What reads live blogs against a fuzzer that sees which lines it reaches."""
