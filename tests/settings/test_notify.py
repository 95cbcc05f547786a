"""Destinations of messages: what is accepted, and what is said of what is not."""

from pathlib import Path

import pytest

from tests.commands.thread import declared
from tracker_bridge.domain.derived.owed import Act
from tracker_bridge.domain.incident.outward import Kind
from tracker_bridge.domain.incident.subscribers import Subscriber
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.rendering.messages import SAMPLE, values_of
from tracker_bridge.settings import BadSettings, Settings, load, rules, secrets

ADDRESS = "ntfy+https://ntfy.example.org/t0p1c-that-nobody-guesses-47114711"
BASE = """
[github]
token = "ghp_0123456789abcdefghij0123456789abcdef"
projects = ["acme/shop"]
webhook_secrets = ["0123456789abcdef0123456789abcdef"]
"""


def told(tmp_path: Path, notify: str) -> str:
    """Return what is wrong with the settings."""
    with pytest.raises(BadSettings) as caught:
        loaded(tmp_path, notify)
    return "\n".join(f"{one.where}: {one.what}" for one in caught.value.problems)


def loaded(tmp_path: Path, notify: str) -> Settings:
    file = tmp_path / "tracker-bridge.toml"
    file.write_text(f"{BASE}\n[[notify]]\nname = 'ops-push'\naddress = '{ADDRESS}'\n{notify}\n")
    return load(file, environ={})


def test_a_destination_hears_what_it_wants_of_its_projects(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        "wants = ['declared', 'update:external']\nprojects = ['acme/*', '!acme/secret-*']\n"
        "severities = ['SEV1']\ntemplates.declared = '{{ title }}'",
    )
    [one] = rules(settings, "github").subscribers
    assert (one.name, *one.wants, *one.audiences) == ("ops-push", Kind.DECLARED, "external")
    served = [one.serves(IssueRef("github", name, 1)) for name in ("acme/shop", "acme/secret-1", "beta/shop")]
    assert served == [True, False, False]
    assert one.templates == {Kind.DECLARED: "{{ title }}"}
    assert ADDRESS in secrets(settings)
    assert "t0p1c" not in repr(settings)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("wants = ['declarde']", "has 'declarde'; there are declared, severity, phase, resolved, reminder"),
        ("wants = ['update:']", "has 'update:'; there are declared"),
        ("wants = ['phase', 'phase']", "contains the same entry twice"),
        ("severities = ['sev9']", "ops-push has no severity sev9; the severities are sev1, sev2, sev3, sev4"),
        ("templates.update = 'x'", "has no message 'update'; there are declared"),
        ("templates.phase = '{{ titel }}'", "phase is not a template: 'titel' is undefined"),
        ("templates.phase = '{% if %}'", "phase is not a template: Expected an expression"),
        ("templates.phase = '{{ title.__class__ }}'", "phase is not a template: access to attribute"),
        (
            "[[notify]]\nname = 'ops-push'\naddress = 'ntfy+https://x.test/y'",
            "two destinations are called ops-push",
        ),
        (
            (
                "[[notify]]\nname = 'pager'\naddress = 'pagerduty+https://events.pagerduty.com'\n"
                "secret = '0123456789abcdef0123456789abcdef'\nwants = ['declared']"
            ),
            "pager takes pages only, not declared",
        ),
    ],
)
def test_what_is_wrong_is_said_without_an_address(tmp_path: Path, line: str, what: str) -> None:
    said = told(tmp_path, line)
    assert what in said
    assert "t0p1c" not in said


def test_the_names_that_a_template_may_use_are_documented() -> None:
    incident = declared().incident
    act = Act("status", Subscriber("ops-push"), Kind.STATUS, incident.created_at)
    assert values_of(incident, act).keys() == SAMPLE.keys()
    page = (Path(__file__).parents[2] / "docs/notifications.md").read_text("utf-8")
    assert [name for name in SAMPLE if f"`{name}`" not in page] == []
