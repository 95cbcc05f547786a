"""Lines that people write for other bots are no part of what they say."""

import pytest

from tests.commands.thread import declared
from tracker_bridge.domain.issue.other_bots import is_for_another_bot

THEIRS = [
    *(
        "/assign",
        "/assign @bob",
        "/unassign @bob @carol",
        "/cc @acme/sre",
        "/uncc @bob, @carol",
        "  /assign @bob ",
    ),
    *(
        "/lgtm",
        "/lgtm cancel",
        "/approve no-issue",
        "/hold",
        "/unhold",
        "/retest",
        "/test all",
        "/ok-to-test",
        "/close",
    ),
    *("/kind bug", "/remove-kind bug", "/area network/dns", "/priority P1", "/sig node", "/triage accepted"),
    *(
        "/label prod",
        "/remove-label ~prod",
        "/milestone v1.2",
        "/lifecycle frozen",
        "/severity high",
        "/Assign @bob",
    ),
]
OURS = [
    *("/approve returns 500", "/test is red", "/close takes 30 s", "/label/12 is slow", "/var/log is full", "/"),
    *(
        "/assign bob",
        "/kind of slow today",
        "/hold on, it is back",
        "see /assign @bob",
        "> /assign @bob",
        "/lgtm!",
    ),
    *("/api/v1/assign", "/area", "//assign @bob", "/assigned @bob", "    /assign @bob"),
]


@pytest.mark.parametrize("line", THEIRS)
def test_what_another_bot_listens_to_is_left_out(line: str) -> None:
    thread = declared()
    thread.say("alice", f"/incident note the queue grows\n{line}\nand the pods restart")
    thread.say("alice", f"/incident claim comms external\n/incident update external: We are on it.\n{line}")
    note, update = (one for one in thread.incident.timeline if one.kind in ("note", "update"))
    assert note.text == "the queue grows and the pods restart"
    assert update.text == "We are on it."


@pytest.mark.parametrize("line", OURS)
def test_what_only_looks_like_it_stays(line: str) -> None:
    assert not is_for_another_bot(line)


def test_a_route_is_told() -> None:
    thread = declared()
    thread.say("alice", "/incident note since noon\n/approve returns 500")
    assert thread.incident.timeline[-1].text == "since noon /approve returns 500"
