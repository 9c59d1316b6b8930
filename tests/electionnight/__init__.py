"""A general election night: 650 counts, 200 channels on two platforms, at many times its speed."""
