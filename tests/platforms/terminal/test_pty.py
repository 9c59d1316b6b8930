"""The demo at a real pseudo-terminal."""

import asyncio

import pytest

from tests.processes import at_terminal

# What a program may take to go once it is told to.
AT_MOST = 2.0
# Between two lines the terminal is nobody's: keys wait for the prompt.
PROMPT = "›"


async def test_somebody_asks_at_a_terminal_and_leaves(tmp_path):
    # So fast that the turnout is soon known, so slow that the night is not over by then.
    async with at_terminal("demo", "--speed", "500", "--from", "00:40", folder=tmp_path) as here:
        await here.until("Low turnout in Tamworth", PROMPT)
        here.type("turnout tamworth\r")
        await here.until("Tamworth: turnout 35.9%", PROMPT)
        here.type("result mid beds\r")
        await here.until("Mid Bedfordshire has not declared", PROMPT)
        here.type("quit\r")
        assert await here.ended() == 0
        await here.until("2 answers: all delivered.")
        assert here.restored
    assert "Labour gain" not in here.words
    assert "Traceback" not in here.words


@pytest.mark.parametrize("command", [("demo", "--speed", "500"), ("run",)])
async def test_ctrl_c_leaves_at_once(tmp_path, command):
    async with at_terminal(*command, folder=tmp_path) as here:
        await here.until(PROMPT)
        loop = asyncio.get_running_loop()
        began = loop.time()
        here.type("\x03")
        assert await here.ended() == 0
        assert loop.time() - began < AT_MOST
        assert here.restored
    assert "Traceback" not in here.words
    assert "Warning" not in here.words
