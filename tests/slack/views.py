"""views.*: modals and Home tabs."""

from typing import TYPE_CHECKING, Any

from tests.slack.blocks import view_faults
from tests.slack.webapi import Call, SlackError, method, refused
from tests.slack.workspace import Json

if TYPE_CHECKING:
    from tests.slack.people import Trigger
    from tests.slack.server import StandInSlack

# “Modals”: a trigger_id is good for three seconds, and once.
TRIGGER_SECONDS = 3.0
# “Modals”: a view stack holds three views at most.
MOST_VIEWS = 3


def check(view: Any, kind: str) -> Json:
    """A view that Slack would show, or the error that refuses it."""
    if faults := view_faults(view, kind):
        raise refused("invalid_arguments", faults)
    return view


def dressed(slack: "StandInSlack", view: Json, known: Json | None = None) -> Json:
    """A view as Slack gives it back: with an id, a hash and what was left out."""
    ident = known["id"] if known else slack.number("V")
    for index, block in enumerate(view["blocks"]):
        block.setdefault("block_id", f"b{index}.{ident}")
    return {
        "callback_id": "",
        "external_id": "",
        "private_metadata": "",
        "clear_on_close": False,
        "notify_on_close": False,
        "root_view_id": known["root_view_id"] if known else ident,
        "previous_view_id": known["previous_view_id"] if known else None,
        "state": {"values": {}},
        **view,
        "id": ident,
        "hash": f"{slack.ts()}.{slack.number('h')}",
        "team_id": slack.team,
        "app_id": slack.app_id,
        "bot_id": slack.bot_id,
    }


def show(slack: "StandInSlack", view: Json, user: str, *, over: Json | None = None) -> Json:
    """Put a modal in front of someone, over another if one is given."""
    shown = dressed(slack, view)
    if over:
        shown |= {"root_view_id": over["root_view_id"], "previous_view_id": over["id"]}
    slack.views[shown["id"]] = shown
    slack.viewers[shown["id"]] = user
    return shown


def replace(slack: "StandInSlack", known: Json, view: Json) -> Json:
    """Show another view in the place of one that is open."""
    slack.views[known["id"]] = dressed(slack, view, known)
    return slack.views[known["id"]]


def _view(call: Call, kind: str) -> Json:
    return check(call.structure("view", "invalid_arguments"), kind)


def _triggered(slack: "StandInSlack", call: Call) -> "Trigger":
    """The leave that someone gave by what they did; it is not used up yet."""
    trigger = slack.triggers.get(call.need("trigger_id"))
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    if slack.clock() - trigger.at > TRIGGER_SECONDS:
        raise SlackError("expired_trigger_id")
    return trigger


@method("views.open")
def open_view(slack: "StandInSlack", call: Call) -> Json:
    trigger = _triggered(slack, call)
    view = _view(call, "modal")
    taken = {each["external_id"] for each in slack.views.values()}
    if view.get("external_id") and view["external_id"] in taken:
        raise SlackError("duplicate_external_id")
    trigger.used = True
    return {"view": show(slack, view, trigger.user)}


@method("views.push")
def push(slack: "StandInSlack", call: Call) -> Json:
    """“views.push”: upon the modal in which the trigger came about."""
    trigger = _triggered(slack, call)
    view = _view(call, "modal")
    stack = [ident for ident, user in slack.viewers.items() if user == trigger.user]
    if not stack:
        raise SlackError("invalid_trigger_id")
    if len(stack) >= MOST_VIEWS:
        raise SlackError("push_limit_reached")
    trigger.used = True
    return {"view": show(slack, view, trigger.user, over=slack.views[stack[-1]])}


@method("views.update")
def update(slack: "StandInSlack", call: Call) -> Json:
    view_id, external_id = call.get("view_id"), call.get("external_id")
    known = next(
        (
            view
            for view in slack.views.values()
            if (view["id"] == view_id if view_id else view["external_id"] == external_id)
        ),
        None,
    )
    if known is None:
        raise SlackError("not_found")
    if call.get("hash") and call.get("hash") != known["hash"]:
        raise SlackError("hash_conflict")
    return {"view": replace(slack, known, _view(call, "modal"))}


@method("views.publish")
def publish(slack: "StandInSlack", call: Call) -> Json:
    user = call.need("user_id")
    if user not in slack.users:
        raise SlackError("invalid_user_id")
    known = slack.homes.get(user)
    if call.get("hash") and (known is None or call.get("hash") != known["hash"]):
        raise SlackError("hash_conflict")
    slack.homes[user] = dressed(slack, _view(call, "home"), known)
    return {"view": slack.homes[user]}
