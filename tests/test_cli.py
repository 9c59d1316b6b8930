"""The command line as somebody meets it in a shell: real processes, their output and status."""

import asyncio
import os
import sys
from contextlib import suppress

import pytest

from bot.cli import cli
from tests.conftest import select
from tests.nights.blog import NIGHT, live_blog
from tests.processes import (
    TELLER,
    at_terminal,
    ended,
    environment,
    log_beside,
    running,
    stop,
    teller,
    until_lines,
    until_said,
)
from tests.rooms import at

TURNOUT = ("ask", "--at", "2023-10-20T00:45+01:00", "turnout tamworth")
EARLY = "2023-10-20T00:30+01:00"
WRONG = """
[night]
name = "Local elections"
polling_day = 2023-10-19

[[contest]]
id = "parl.tamworth.by.2023-10-20"
declaration = "teatime"
colour = "red"

[[blog]]
url = "ftp://news.example/live"
"""
ANOTHER = """
[night]
name = "Wellingborough by-election"
polling_day = 2024-02-15

[[contest]]
id = "parl.wellingborough.by.2024-02-15"
"""
# What a run keeps of a night; that a blog was looked at once more is not among it.
KEPT = ("lane", "item", "contest", "figure", "reminder", "told", "entry", "entry_version")


@pytest.fixture
def shell(tmp_path):
    """Runs a command in an empty folder, to its end."""

    async def run(*arguments, typed=None, program=None, **env):
        return await teller(*arguments, folder=tmp_path, env=env, typed=typed, program=program)

    return run


# ── Help and exit statuses ────────────────────────────────────────────────────────────────────


async def test_every_command_has_help(shell):
    commands = [(), *((name,) for name in cli.commands)]
    # Each started by a Python of its own, as by somebody in a shell.
    helped = await asyncio.gather(
        *(shell(*command, "--help", program=TELLER) for command in commands)
    )
    for command, end in zip(commands, helped, strict=True):
        assert (end.status, end.err) == (0, ""), command
        assert end.out.startswith("Usage: ")
        assert "--help" in end.out
    for name, command in cli.commands.items():
        assert command.help
        assert name in helped[0].out
    assert {"demo", "run", "ask"} <= set(cli.commands)


async def test_wrong_use_is_status_two_and_says_what_is_wrong(shell):
    said = {
        ("dance",): "No such command 'dance'",
        ("ask",): "Missing argument 'QUESTION...'",
        ("ask", "--loud", "turnout tamworth"): "--loud",
        ("ask", "--at", "teatime", "turnout tamworth"): "“teatime” is not a clock time",
        ("demo", "--from", "25:99"): "“25:99” is not a clock time",
        ("demo", "--speed", "fast"): "'fast' is not a valid float",
        ("demo", "--keep", "nowhere/night.db"): "there is no folder",
        ("demo", "--picture", "nowhere/night.svg"): "there is no folder",
        ("run", "--night", "nowhere.toml"): "nowhere.toml cannot be read",
    }
    ends = await asyncio.gather(*(shell(*arguments) for arguments in said))
    for (arguments, sentence), end in zip(said.items(), ends, strict=True):
        assert (end.status, end.out) == (2, ""), arguments
        assert sentence in end.err
        assert "Traceback" not in end.err


async def test_a_night_file_with_faults_is_told_once_with_their_lines(shell, tmp_path):
    (tmp_path / "night.toml").write_text(WRONG)
    given, named, service = await asyncio.gather(
        shell("ask", "--night", "night.toml", "turnout tamworth"),
        shell("ask", "turnout tamworth", NIGHT_FILE="night.toml"),
        shell("run", "--night", "night.toml"),
    )
    assert (given.status, given.out) == (2, "")
    first, *faults = given.err.splitlines()
    assert first == "The night file night.toml is not right:"
    assert [fault.partition(":")[0] for fault in faults] == [
        "  line 7",
        "  line 8",
        "  line 9",
        "  line 12",
    ]
    assert "2023-10-20" in faults[0]
    assert "teatime" in faults[1]
    assert "colour" in faults[2]
    assert "http://" in faults[3]
    assert (named.status, named.err) == (2, given.err)
    assert (service.status, service.err) == (2, given.err)


async def test_a_database_that_cannot_be_used_is_a_sentence(shell, tmp_path):
    (tmp_path / "night.toml").write_text(NIGHT.format(url="http://127.0.0.1:9/live"))
    said = {
        "nonsense": "DATABASE_URL is not a database address",
        "mysql://127.0.0.1/teller": "DATABASE_URL names “mysql”",
        "sqlite:////nowhere/at/all/teller.db": "/nowhere/at/all/teller.db",
    }
    quiet = {"LOG_LEVEL": "ERROR"}
    bundled = [shell("run", DATABASE_URL=url, **quiet) for url in said]
    *_, (nowhere, why_not) = said.items()
    followed = shell("run", "--night", "night.toml", DATABASE_URL=nowhere, **quiet)
    ends = await asyncio.gather(*bundled, followed)
    for sentence, end in zip([*said.values(), why_not], ends, strict=True):
        assert (end.status, end.out) == (1, "")
        assert sentence in end.err
        assert "DATABASE_URL" in end.err
        assert end.err.count("\n") == 1


async def test_a_setting_with_a_fault_is_named_and_its_value_is_not_shown(shell):
    end = await shell("ask", "turnout tamworth", FETCH_SECONDS="xoxb-secret")
    assert (end.status, end.out) == (2, "")
    assert "FETCH_SECONDS" in end.err
    assert "secret" not in end.err


# ── One question ──────────────────────────────────────────────────────────────────────────────


async def test_the_turnout_with_its_source_and_its_time(shell):
    end, early, data = await asyncio.gather(
        shell(*TURNOUT),
        shell("ask", "--at", EARLY, "turnout tamworth"),
        shell("ask", "--json", *TURNOUT[1:]),
    )
    assert (end.status, end.err) == (0, "")
    assert "Tamworth: turnout 35.9%" in end.words
    assert "Count night live" in end.words
    assert "00:41 BST" in end.words
    assert "reported" in end.words
    assert "\x1b" not in end.out

    assert (early.status, early.err) == (0, "")
    assert "Tamworth: no turnout figure yet" in early.words
    assert "35.9" not in early.out

    assert data.status == 0
    answer = data.data
    assert (answer["command"], answer["contest"]) == ("turnout", "parl.tamworth.by.2023-10-19")
    assert (answer["value"], answer["standing"]) == (35.9, "reported")
    assert answer["source"] == "Count night live"
    assert answer["stated_at"] == "2023-10-19T23:41:00+00:00"
    assert answer["as_of"] == "2023-10-19T23:45:00+00:00"
    assert answer["error"] is False


async def test_a_result_is_not_known_before_it_is_declared(shell):
    end, data, now, when = await asyncio.gather(
        shell("ask", "--at", EARLY, "result mid beds"),
        shell("ask", "--json", "--at", EARLY, "result mid beds"),
        shell("ask", "result mid beds october 2023"),
        shell("ask", "when mid beds by-election"),
    )
    assert (end.status, end.err) == (0, "")
    assert "Mid Bedfordshire has not declared" in end.words
    assert "expected around 03:10" in end.words
    for future in ("Labour gain", "13,872", "Strathern", "elected"):
        assert future not in end.words
        assert future.casefold() not in data.out.casefold()
    answer = data.data
    assert answer["command"] == "result"
    assert answer["contest"] == "parl.mid-bedfordshire.by.2023-10-19"
    assert (answer["value"], answer["error"]) == (None, False)
    assert answer["expected"] == "2023-10-20T02:10:00+00:00"
    # Asked today it is a thing of the past.
    assert now.status == 0
    assert "Mid Bedfordshire, by-election of 19 October 2023: Labour gain" in now.words
    assert "Alistair Strathern is elected." in now.words
    assert "13,872" in now.words
    assert "House of Commons Library" in now.words
    assert "October 2023" in now.words
    assert when.status == 0
    assert "the hour of its declaration is not on record" in when.words


async def test_what_cannot_be_answered_is_status_one_and_a_sentence(shell):
    typing_error, nowhere, data, song = await asyncio.gather(
        shell("ask", "turnout", "tamsworh"),
        shell("ask", "turnout atlantis"),
        shell("ask", "--json", "turnout atlantis"),
        shell("ask", "sing a song"),
    )
    assert typing_error.status == 1
    assert "Did you mean" in typing_error.words
    assert "turnout Tamworth" in typing_error.words
    assert "35.9" not in typing_error.out
    assert nowhere.status == 1
    assert "I know no such seat as “atlantis”" in nowhere.words
    assert data.status == 1
    assert data.data["error"] is True
    assert data.data["contest"] is None
    assert song.status == 1
    assert "I do not know how to answer “sing a song”" in song.words
    for end in (typing_error, nowhere, data, song):
        assert "Traceback" not in end.out + end.err


async def test_colours_are_for_terminals_that_want_them(tmp_path):
    async def colours(*more, **env):
        async with at_terminal(*TURNOUT, *more, folder=tmp_path, env=env) as here:
            await here.until("reported")
            assert await here.ended() == 0
            return any(f"\x1b[{colour}m" in here.shown for colour in range(31, 38))

    wanted, switched_off, unwanted = await asyncio.gather(
        colours(), colours("--no-colour"), colours(NO_COLOR="1")
    )
    assert wanted
    assert not switched_off
    assert not unwanted


# ── A night of one's own ──────────────────────────────────────────────────────────────────────


async def test_a_question_beside_a_run_changes_nothing_in_it(shell, tmp_path):
    async with live_blog(at("00:45")) as blog:
        night = str(blog.night_file(tmp_path))
        (tmp_path / "another.toml").write_text(ANOTHER)
        url = f"sqlite:///{tmp_path / 'teller.db'}"

        def kept():
            return {table: select(url, f"SELECT * FROM {table}") for table in KEPT}

        async with running("run", "--night", night, folder=tmp_path) as process:
            await until_lines(log_beside(tmp_path / "teller.db"), 8, process)
            await blog.next_look()
            before = kept()
            assert [row[1:3] for row in before["lane"]] == [("terminal", "newsroom")]
            latest, status, another, follow = await asyncio.gather(
                shell("ask", "--night", night, "latest tamworth by-election"),
                shell("ask", "--night", night, "status"),
                shell("ask", "--night", "another.toml", "turnout wellingborough"),
                shell("ask", "--night", night, "unfollow everything"),
            )
            assert kept() == before
            assert process.returncode is None
            end, _ = await stop(process)
        assert end.status == 0
    assert latest.status == 0
    assert "00:41 Low turnout in Tamworth" in latest.words
    assert "Count night live" in latest.words
    # Years later the record has both.
    assert "2 of 2 declared" in status.words
    assert "Count night live: 8 entries" in status.words
    assert "⚠" not in status.words
    assert follow.status == 1
    assert "That is set in a channel while Teller runs" in follow.words
    # The database holds another night: this one is known from its file alone.
    assert (another.status, another.err) == (0, "")
    assert "Wellingborough, by-election of 15 February 2024: turnout 38.0%" in another.words


async def test_settings_come_from_the_environment_and_from_a_file_in_the_folder(shell, tmp_path):
    async with live_blog(at("00:45")) as blog:
        blog.night_file(tmp_path)
        (tmp_path / ".env").write_text("NIGHT_FILE=night.toml\nDATABASE_URL=sqlite:///kept.db\n")
        async with running("run", folder=tmp_path) as process:
            await until_lines(log_beside(tmp_path / "kept.db"), 8, process)
            await stop(process)
        assert not (tmp_path / "teller.db").exists()
        from_file, environment_wins = await asyncio.gather(
            shell("ask", "latest tamworth by-election"),
            shell("ask", "latest tamworth by-election", DATABASE_URL="sqlite:///empty.db"),
        )
    assert "00:41 Low turnout in Tamworth" in from_file.words
    # No entries there: the record tells how it ended.
    assert "Low turnout" not in environment_wins.words
    assert "Sarah Edwards (Labour) won by 1,316 votes" in environment_wins.words
    assert not (tmp_path / "empty.db").exists()


async def test_a_blog_that_fails_and_comes_back_is_read_again(shell, tmp_path):
    async with live_blog(at("00:45")) as blog:
        night = str(blog.night_file(tmp_path))
        blog.status = 500
        async with running("run", "--night", night, folder=tmp_path) as process:
            await until_said(process, "relay.source_failed")
            status = await shell("ask", "--night", night, "status")
            assert status.status == 0
            assert "⚠ Count night live (since" in status.words
            assert "The server of 127.0.0.1" in status.words
            blog.status = 200
            await until_lines(log_beside(tmp_path / "teller.db"), 8, process)
            status = await shell("ask", "--night", night, "status")
            assert "⚠" not in status.words
            assert "Count night live: 8 entries, the last at 00:41" in status.words
            end, _ = await stop(process)
    assert end.status == 0
    assert "Low turnout in Tamworth" in end.out


async def test_a_service_without_a_night_file_waits_and_learns_the_bundled_night_once(tmp_path):
    url = f"sqlite:///{tmp_path / 'teller.db'}"
    learnt = []
    for _ in range(2):
        # By a Python of its own, that would show the warnings of what it imports.
        async with running("run", folder=tmp_path, program=TELLER) as process:
            said = await until_said(process, "teller.ready")
            assert "teller.no_night_file" in said
            # The end of standard input is nobody leaving.
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 0.3)
            assert process.returncode is None
            end, _ = await stop(process)
        assert (end.status, end.out) == (0, "")
        learnt.append(
            [
                select(url, f"SELECT * FROM {table}")
                for table in ("entry_version", "figure", "told", "item")
            ]
        )
    versions, figures, _, posts = learnt[0]
    assert len(versions) == 13
    assert figures
    assert posts == []
    assert learnt[1] == learnt[0]


# ── The demo ──────────────────────────────────────────────────────────────────────────────────


async def test_questions_piped_into_the_demo_are_answered(shell):
    end = await shell(
        "demo", "--speed", "2000", "--from", "03:10", typed="turnout tamworth\n\nsing\nmajority mid"
    )
    assert (end.status, end.err) == (0, "")
    for question in ("turnout tamworth", "sing", "majority mid"):
        assert f"› {question}" in end.out
    assert "I do not know how to answer “sing”" in end.words
    assert "★ Mid Bedfordshire: Labour gain from Conservatives" in end.words
    # Three that were piped in, and the one that the demo asks at 03:24.
    assert end.out.endswith("2 declarations, 1 check, 4 answers: all delivered.\n")


async def test_a_demo_ends_though_its_standard_input_stays_open(tmp_path):
    silent, unused = os.pipe()
    try:
        async with running(
            "demo", "--speed", "2000", "--from", "03:10", folder=tmp_path, stdin=silent
        ) as process:
            end = await ended(process)
    finally:
        os.close(silent)
        os.close(unused)
    assert (end.status, end.err) == (0, "")
    assert end.out.endswith("all delivered.\n")


async def test_a_reader_that_has_seen_enough_ends_it_quietly(tmp_path):
    async def read_one_line(arguments):
        teller = f'"{sys.executable}" -m bot {arguments} < /dev/null'
        process = await asyncio.create_subprocess_exec(
            "bash",
            "-c",
            f'{teller} | head -1; echo "${{PIPESTATUS[0]}}"',
            cwd=tmp_path,
            env=environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        return await ended(process)

    ends = await asyncio.gather(
        *map(read_one_line, ("demo --speed 2000", "ask status", "ask --json status"))
    )
    for end in ends:
        assert end.err == ""
        first, status = end.out.splitlines()
        assert first
        assert status == "0"


async def test_a_kept_night_does_not_run_backwards_and_can_be_drawn(shell, tmp_path):
    keep = ("demo", "--speed", "2000", "--keep", "night.db")
    first = await shell(*keep, "--from", "03:10")
    again = await shell(*keep, "--from", "00:30", "--picture", "night.svg", "--no-colour")
    assert (first.status, again.status) == (0, 0)
    assert first.out.endswith("2 declarations, 1 check, 1 answer: all delivered.\n")
    assert again.out.endswith("2 declarations, 1 check, 0 answers: all delivered.\n")
    assert "the night so far" in again.words
    assert again.words.count("DECLARATION") == 2
    picture = (tmp_path / "night.svg").read_text(encoding="utf-8")
    assert picture.startswith("<svg")
    assert "DECLARATION" in picture
    assert "@font-face" not in picture
