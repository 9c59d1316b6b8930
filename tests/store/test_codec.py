"""Posts as the database keeps them."""

import json
from dataclasses import replace

from bot.chat.choice import Choice
from bot.chat.post import Post
from bot.store.codec import dumps, loads
from tests.platforms.charts import DECLARED, HISTORY


def test_a_post_is_kept_with_its_chart():
    for post in (DECLARED, replace(DECLARED, chart=HISTORY)):
        assert loads(Post, dumps(Post, post)) == post


def test_a_post_from_before_there_were_charts_is_still_read():
    kept = json.loads(dumps(Post, DECLARED))
    del kept["chart"], kept["picture"]
    for choice in kept["choices"]:
        del choice["pictured"]
    plain = tuple(Choice(label=one.label, ask=one.ask) for one in DECLARED.choices)
    assert loads(Post, json.dumps(kept)) == replace(DECLARED, chart=None, choices=plain)
