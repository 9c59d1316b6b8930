import os
import resource
import stat

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import DeliveryError, StoreError
from bot.platforms.terminal.log import MessageLog
from tests.platforms.terminal.posts import EDITED, ENTRY, LATE, POSTS, REMINDER, WITHDRAWN, key


@pytest.fixture
def path(tmp_path):
    return tmp_path / "terminal.log.jsonl"


@pytest.fixture
def reopened(path):
    logs = []

    def again():
        if logs:
            logs[-1].close()
        logs.append(MessageLog(path))
        return logs[-1]

    yield again
    for log in logs:
        log.close()


def test_what_was_sent_is_found_again_after_a_restart(reopened):
    log = reopened()
    refs = [log.send(post, key(str(n))) for n, post in enumerate(POSTS)]
    again = reopened()
    assert [message.post for message in again.messages()] == list(POSTS)
    assert [message.ref for message in again.messages()] == refs
    assert again.find(key("2")) == refs[2]
    assert again.find(key("2", version=2)) is None


def test_an_edit_keeps_its_place_and_the_last_version(reopened):
    log = reopened()
    ref = log.send(ENTRY, key("entry"))
    log.send(REMINDER, key("reminder"))
    log.edit(ref, EDITED, key("entry", 2))
    log.edit(ref, WITHDRAWN, key("entry", 3))
    for reopen in (lambda: log, reopened):
        known = reopen()
        assert [message.post for message in known.messages()] == [WITHDRAWN, REMINDER]
        assert {known.find(key("entry", version)) for version in (1, 2, 3)} == {ref}


def test_a_second_teller_at_the_same_log_is_refused_in_a_sentence(path, reopened):
    reopened()
    with pytest.raises(StoreError, match="another Teller uses it"):
        MessageLog(path)


def test_a_log_without_a_path_is_kept_in_memory():
    log = MessageLog()
    ref = log.send(ENTRY, key("entry"))
    assert log.find(key("entry")) == ref


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(cut=st.integers(min_value=1, max_value=900))
def test_a_half_line_is_forgotten_and_spoils_nothing(tmp_path, cut):
    path = tmp_path / "torn.jsonl"
    path.unlink(missing_ok=True)
    log = MessageLog(path)
    log.send(ENTRY, key("entry"))
    whole = path.stat().st_size
    log.send(LATE, key("late"))
    log.close()
    os.truncate(path, max(whole, path.stat().st_size - cut))

    torn = MessageLog(path)
    found = torn.find(key("late")) is not None
    assert torn.find(key("entry")) is not None
    # A line that lacks nothing but its end is whole.
    assert found == (cut == 1)
    torn.send(REMINDER, key("after"))
    torn.close()

    after = MessageLog(path)
    kept = [ENTRY, LATE, REMINDER] if found else [ENTRY, REMINDER]
    assert [message.post for message in after.messages()] == kept
    after.close()


def test_references_are_not_used_again_when_the_file_is_removed(path, reopened):
    first = reopened().send(ENTRY, key("entry"))
    path.unlink()
    assert reopened().send(REMINDER, key("reminder")) != first


def test_only_its_owner_can_read_it(path, reopened):
    reopened()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_full_disk_is_a_delivery_that_failed_and_spoils_nothing(path, reopened):
    log = reopened()
    log.send(ENTRY, key("entry"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10, hard))
    try:
        with pytest.raises(DeliveryError, match="whole"):
            log.send(LATE, key("late"))
        with pytest.raises(DeliveryError, match="cannot be written"):
            log.send(LATE, key("late"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    log.send(REMINDER, key("reminder"))
    assert [message.post for message in reopened().messages()] == [ENTRY, REMINDER]
