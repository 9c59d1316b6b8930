"""`python -m bot` is `teller`."""

from bot.cli import main

main()
