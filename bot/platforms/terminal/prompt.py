"""The input line. Loaded only where somebody can type: its library is large."""

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.styles import Style

from bot.platforms.terminal.completing import endings, suggestion

Phrases = Callable[[], Sequence[str]]

_COLOURS = Style.from_dict({"clock": "ansicyan", "auto-suggestion": "ansibrightblack"})
_COLOURLESS = Style.from_dict({"auto-suggestion": "italic"})


async def typed_lines(
    *, clock: Callable[[], str], phrases: Phrases, history: Path | None, colour: bool
) -> AsyncGenerator[str, None]:
    """Lines as they are typed, until Ctrl-D or Ctrl-C; messages may arrive above the line.

    `clock` gives the time in the prompt, `phrases` what can be completed, `history` the file
    that typed lines are kept in.
    """

    def prompt() -> StyleAndTextTuples:
        return [("class:clock", clock()), ("", " › ")]

    session: PromptSession[str] = PromptSession(
        prompt,
        completer=_Endings(phrases),
        auto_suggest=_Suggestions(phrases),
        # A menu that opens by itself would push the messages about.
        complete_while_typing=False,
        history=FileHistory(history) if history else None,
        style=_COLOURS if colour else _COLOURLESS,
        refresh_interval=1,
    )
    with patch_stdout(raw=True):
        while True:
            try:
                # An interrupt from outside belongs to whoever runs the program.
                line = await session.prompt_async(handle_sigint=False)
            except (EOFError, KeyboardInterrupt):
                return
            yield line


class _Endings(Completer):
    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        for ending in endings(document.text_before_cursor, self._phrases()):
            yield Completion(ending.phrase, start_position=-ending.length)


class _Suggestions(AutoSuggest):
    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        rest = suggestion(document.text, self._phrases())
        return Suggestion(rest) if rest else None
