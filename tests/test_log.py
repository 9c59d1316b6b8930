import io

import pytest
import structlog

from bot import log

TOKEN = "xoxb-1234567890-AbCdEf"


@pytest.fixture
def lines():
    """What is logged while a test runs; afterwards logging is as it was."""
    stream = io.StringIO()
    log.configure("INFO", stream)
    yield stream
    structlog.reset_defaults()


def test_a_line_is_an_event_and_its_keys(lines):
    structlog.get_logger().info("relay.changes", blog="live", entries=3)
    line = lines.getvalue()
    assert "level=info event=relay.changes" in line
    assert line.endswith("blog=live entries=3\n")
    assert line.startswith("timestamp=")


@pytest.mark.parametrize(
    "key",
    ["token", "slack_bot_token", "TOKEN", "secret", "password", "Authorization", "text", "body",
     "heading", "post"],
)  # fmt: skip
def test_a_key_that_could_hold_a_secret_is_emptied(lines, key):
    structlog.get_logger().info("slack.start", **{key: TOKEN, "channel": "C1"})
    assert TOKEN not in lines.getvalue()
    assert f"{key}=…" in lines.getvalue()
    assert "channel=C1" in lines.getvalue()


@pytest.mark.parametrize(
    "facts",
    [
        {"why": f"Bad token {TOKEN}"},
        {"why": "Bad token xapp-1-A0-123-abc"},
        {"url": "https://content.example/x?api-key=s3cret-key&show=all"},
        {"url": "https://content.example/x?show=all&token=s3cret-key"},
        {"url": "postgresql://teller:s3cret-key@db.example/teller"},
        {"header": "Authorization: Token s3cret-key"},
        {"header": "Bearer s3cret-key"},
        {"headers": {"Authorization": "Bot s3cret-key"}},
        {"payload": [{"inner": {"token": "s3cret-key"}}]},
        {"value": "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789ab"},
    ],
)
def test_a_token_never_reaches_a_line_whatever_its_key(lines, facts):
    structlog.get_logger().warning("went.wrong", **facts)
    line = lines.getvalue()
    assert "event=went.wrong" in line
    assert not any(s in line for s in (TOKEN, "xapp-1", "s3cret-key", "Gabcde.aBcD"))
    assert "…" in line


def test_a_token_in_an_exception_never_reaches_a_line(lines):
    try:
        raise RuntimeError(f"invalid_auth for {TOKEN}")
    except RuntimeError:
        structlog.get_logger().exception("slack.broke", mark="abc123")
    line = lines.getvalue()
    assert TOKEN not in line
    assert "RuntimeError: invalid_auth for …" in line
    assert "mark=abc123" in line


def test_ordinary_addresses_and_words_stay(lines):
    structlog.get_logger().info("x", url="https://news.example/live?page=2", why="it says 503")
    assert 'url="https://news.example/live?page=2"' in lines.getvalue()
    assert 'why="it says 503"' in lines.getvalue()


def test_a_line_break_makes_no_second_line(lines):
    structlog.get_logger().info("x", why="one\ntwo event=forged")
    assert lines.getvalue().count("\n") == 1


def test_what_is_below_the_level_is_left_out(lines):
    structlog.get_logger().debug("too.small")
    assert lines.getvalue() == ""


def test_a_logger_that_was_used_follows_a_new_configuration(lines):
    logger = structlog.get_logger()
    logger.info("first")
    later = io.StringIO()
    log.configure("WARNING", later)
    logger.info("quiet")
    logger.warning("second")
    assert "second" not in lines.getvalue()
    assert "event=second" in later.getvalue()
    assert "quiet" not in later.getvalue()


def test_without_a_stream_lines_go_to_standard_error_as_it_is_now(capsys):
    log.configure("INFO")
    try:
        structlog.get_logger().info("here")
    finally:
        structlog.reset_defaults()
    captured = capsys.readouterr()
    assert "event=here" in captured.err
    assert captured.out == ""
