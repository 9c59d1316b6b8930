"""What is not documented does not exist: commands, settings, examples."""

import re
import tomllib
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import get_args

import pytest
from prometheus_client import CollectorRegistry

from bot.app import read_catalogue
from bot.chat.ask import Ask, Author, Channel
from bot.chat.catalogue import Catalogue
from bot.chat.command import Command
from bot.cli import cli
from bot.clocks import StoppedClock
from bot.courier.counts import Counts
from bot.desk import Desk
from bot.election.clock import UK
from bot.night import FORMATS, read_night
from bot.settings import Settings
from bot.sources.reader import AUTO, NAMES, PARSERS
from tests.fakes import Facts, FakeNewsroom
from tests.handlers.night import KNOWN, NOW, UNKNOWN, answer

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
QUESTIONS = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
DELIVERY = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
EXPORT = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
SOURCES = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
ENV_EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_of_the_command_line_is_in_the_readme(name: str):
    assert f"| `teller {name}` |" in README


@pytest.mark.parametrize("command", read_catalogue().commands, ids=lambda c: c.name)
def test_every_question_is_in_the_readme(command: Command):
    assert f"| `{command.name}` |" in README


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_stands_in_the_example_with_a_line_of_explanation(name: str):
    lines = ENV_EXAMPLE.splitlines()
    at = [n for n, line in enumerate(lines) if re.match(rf"(# )?{name.upper()}=", line)]
    assert len(at) == 1, f"{name.upper()} stands {len(at)} times in .env.example"
    above = [line for line in lines[: at[0]] if not re.match(r"(# )?[A-Z_]+=", line)]
    assert above[-1].startswith("# ")


def test_the_example_has_no_setting_that_does_not_exist():
    named = re.findall(r"^(?:# )?([A-Z_]+)=", ENV_EXAMPLE, re.MULTILINE)
    assert {name.lower() for name in named} == set(Settings.model_fields)


def test_the_examples_defaults_are_the_defaults():
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", ENV_EXAMPLE, re.MULTILINE))
    for name, value in given.items():
        assert str(Settings.model_fields[name.lower()].default).removesuffix(".0") == value


def test_every_metric_stands_on_the_page_on_delivery():
    registry = CollectorRegistry()
    Counts(registry)
    served = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in registry.collect()
    }
    assert set(re.findall(r"^\| `(teller_\w+)` \|", DELIVERY, re.MULTILINE)) == served


def test_every_format_stands_on_the_page_on_sources_and_may_be_named_in_a_night():
    named = set(re.findall(r"^\| `(\w+)` \|", SOURCES, re.MULTILINE))
    assert named == set(PARSERS) == set(NAMES) == set(get_args(FORMATS)) - {AUTO}


def test_every_option_of_the_lanes_stands_on_the_page_on_delivery():
    for parameter in cli.commands["lanes"].params:
        assert f"| `{parameter.opts[0]}" in DELIVERY


def test_every_option_and_file_of_the_export_stands_on_its_page():
    for parameter in cli.commands["export"].params:
        assert f"| `{parameter.opts[0]}" in EXPORT
    for name in ("night", "figures", "results", "journal", "entries"):
        assert f"| `{name}.csv`, `{name}.json` |" in EXPORT


def test_every_page_is_linked_from_the_readme():
    for page in (ROOT / "docs").glob("*.md"):
        assert f"(docs/{page.name})" in README


def test_the_night_in_the_readme_is_a_night():
    (toml,) = blocks("toml")
    night = read_night(toml)
    assert [planned.contest.name for planned in night.contests] == ["Tamworth"]
    assert night.blogs[0].poll == 10


async def test_the_query_in_the_readme_answers():
    (source,) = blocks("python")
    room: dict[str, object] = {}
    exec(compile(source, "parties.py", "exec"), room)
    (command,) = (value for value in room.values() if isinstance(value, Command))
    now = datetime(2023, 10, 20, 0, 45, tzinfo=UK).astimezone(UTC)
    newsroom = FakeNewsroom(Facts(), now)
    desk = Desk(
        catalogue=Catalogue(commands=(command,), alerts=()),
        newsroom_at=lambda at: newsroom,
        clock=StoppedClock(now),
    )
    author, channel = Author(platform="x", id="1", name="x"), Channel(platform="x", id="1")
    reply = await desk.answer(Ask(text=command.examples[0], author=author, channel=channel))
    assert reply.title == "Tamworth: 8 parties"


def test_the_query_in_the_readme_is_short():
    (source,) = blocks("python")
    assert sum(bool(line.strip()) for line in source.splitlines()) <= 15


ANSWERS = re.findall(r"```text\nat (\S+): ([^\n]+)\n(.*?)```", QUESTIONS, re.DOTALL)


@pytest.mark.parametrize(("at", "question", "said"), ANSWERS, ids=[q for _, q, _ in ANSWERS])
async def test_what_is_said_on_the_page_of_questions_is_what_is_answered(at, question, said):
    moment = datetime.fromisoformat(at).astimezone(UTC)
    reply = await answer(question, KNOWN if moment == NOW else UNKNOWN, moment)
    words = " ".join(said.split())
    for told in (reply.title, *reply.lines, *(choice.label for choice in reply.choices)):
        assert " ".join(told.split()) in words


def test_the_picture_in_the_readme_exists():
    for path in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file()


def test_the_changelog_tells_of_this_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"## {project['version']} " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert version("teller") == project["version"]
