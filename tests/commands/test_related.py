"""Naming issues that have to do with the incident (S26)."""

import pytest

from tests.commands.thread import RENDERER, declared, refusal


def test_each_issue_is_related_once() -> None:
    thread = declared()
    thread.say("dana", "/incident related #12 13\n/incident related https://forge.test/acme/shop/-/issues/12, #14")
    assert thread.mistakes == []
    assert [one.number for one in thread.incident.relations] == [12, 13, 14]


@pytest.mark.parametrize("name", ["acme/other#12", "https://forge.test/acme/other/-/issues/12"])
def test_one_of_another_project_is_named_with_it(name: str) -> None:
    thread = declared()
    thread.say("dana", f"/incident related {name}")
    assert [(one.project, one.number) for one in thread.incident.relations] == [("acme/other", 12)]
    [link] = RENDERER.links(thread.incident, {})
    assert (link.project, link.number, link.document.key) == ("acme/other", 12, "related:7.12.in.acme+2fshop")
    assert link.document.body.startswith("Incident acme/shop#7 is related to this issue")


def test_what_is_remembered_as_done_is_not_linked_again() -> None:
    thread = declared()
    thread.say("dana", "/incident related #12 #13")
    links = RENDERER.links(thread.incident, {}, {"related.12"})
    assert [(link.number, link.document.key) for link in links] == [(13, "related:7.13")]
    assert "Checkout" not in links[0].document.body  # a confidential incident may be related to a public issue


def test_there_is_an_end_to_what_is_listed() -> None:
    thread = declared()
    thread.say("dana", "/incident related " + " ".join(f"#{number}" for number in range(100, 121)))
    assert thread.mistake.refused.reason == "at most 20 issues can be linked; add others as a note"
    assert thread.incident.relations == ()


@pytest.mark.parametrize(
    ("text", "reason", "instead"),
    [
        ("related", "which issues?", "related #<number>"),
        ("related to the pool", "which issues?", "related #<number>"),
        (
            "related https://elsewhere.test/acme/other/issues/12",
            "which issues?",
            "related #<number>",
        ),
        ("related acme/..#12", "which issues?", "related #<number>"),
        ("related acme/shop#7 acme/web#12", "an incident cannot be related to itself", "related acme/web#12"),
        ("related #12 #7", "an incident cannot be related to itself", "related #12"),
    ],
)
def test_refusals(text: str, reason: str, instead: str) -> None:
    thread = declared()
    assert refusal(thread, "dana", f"/incident {text}") == (reason, instead)
    assert thread.incident.relations == ()
