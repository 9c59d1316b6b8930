"""`teller`, also as `python -m bot`."""

from bot import garbage


def main() -> None:
    """Start the program: first of all the collector is put at rest, then it is imported."""
    garbage.rest()
    from bot.cli import main as run

    run()


if __name__ == "__main__":
    main()
