"""What a repository may settle for itself (S115, S118), and what its file cannot do, whoever wrote it."""

import tomllib
from datetime import timedelta

import pytest

from tests.settings.conftest import Load
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.settings import BadSettings, Settings, rules, team_rules
from tracker_bridge.settings.repository import MOST_PROBLEMS
from tracker_bridge.trackers import MAX_FILE

OPERATORS = Settings()


def made(text: str, settings: Settings = OPERATORS, tracker: str = "github") -> Rules:
    return team_rules(text, settings, tracker)


def problems(text: str, settings: Settings = OPERATORS) -> list[str]:
    with pytest.raises(BadSettings) as caught:
        made(text, settings)
    return [str(problem) for problem in caught.value.problems]


# What it settles


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[labels]\n[intervals]\n"])
def test_what_is_not_named_stays_as_the_operator_has_it(read: Load, text: str) -> None:
    settings = read(
        """
        timezone = "Asia/Tokyo"
        command_prefixes = ["/fire"]
        access = { note = "write" }
        severity_intervals = { sev1 = { technical_silence = "10m" } }
        [labels]
        incident = "fire"
        severities = { sev2 = "bad" }
        """
    )
    for tracker in ("github", "gitlab"):
        assert made(text, settings, tracker) == rules(settings, tracker)


def test_what_the_operator_left_out_of_a_list_stays_left_out(read: Load) -> None:
    """What is empty by default may be refused where it is written."""
    settings = read(
        """
        on_call = [
          { service = "checkout", source = "payments", then = [{ source = "payments" }, { who = "carol" }] },
          { who = ["alice"] },
        ]
        audiences = [{ name = "external", reach = "external" }]
        roles = [{ name = "legal", title = "Legal Counsel" }]
        fields = [{ name = "region" }, { name = "ring", kind = "choice", choices = ["one", "two"] }]
        checklists = [{ name = "first", items = ["look"] }]
        when = [{ severity = "sev1", say = ["channel main #inc"] }]
        [[on_call_sources]]
        name = "payments"
        url = "https://calendar.example.org/feed"
        """
    )
    for tracker in ("github", "gitlab"):
        assert made('timezone = "UTC"', settings, tracker) == rules(settings, tracker)
    kept = made('[[severities]]\nname = "red"\nmeaning = "is bad"', settings)
    assert kept.on_call == rules(settings, "github").on_call


def test_all_that_a_team_may_choose() -> None:
    chosen = made(
        """
        timezone = "Europe/Berlin"
        needed_roles = ["scribe"]
        close_when_resolved = false
        command_prefixes = ["/inc"]
        audiences = [{ name = "partners", reach = "external" }]
        severity_intervals = { red = { technical_silence = "10m" } }
        severities = [
          { name = "red", meaning = "nobody can pay", previous_names = ["sev1"] },
          { name = "green", meaning = "it can wait" },
        ]
        [labels]
        incident = "outage"
        previous_names = ["incident"]
        severities = { red = "P1" }
        [intervals]
        technical_silence = "45m"
        """
    )
    assert str(chosen.timezone) == "Europe/Berlin"
    assert chosen.needed_roles == (Role.SCRIBE,)
    assert not chosen.close_when_resolved
    assert [one.name for one in chosen.audiences] == ["partners"]
    assert [(one.name, one.label) for one in chosen.severities] == [("red", "P1"), ("green", "green")]
    assert chosen.severity("SEV1") == chosen.severity("p1") == chosen.severities[0]
    assert chosen.severity("sev2") is None
    assert chosen.incident_label == "outage"
    assert chosen.is_incident_label("Incident")
    assert chosen.outdated_labels(chosen.severities[1]) == {"P1", "sev1", "incident"}
    assert chosen.intervals_of(chosen.severities[0]).technical_silence == timedelta(minutes=10)
    assert chosen.intervals_of(chosen.severities[1]).technical_silence == timedelta(minutes=45)


def test_tables_are_put_together_and_lists_replaced(read: Load) -> None:
    settings = read(
        """
        severity_intervals = { sev1 = { min_update_interval = "15m" }, sev2 = { technical_silence = "1h" } }
        [labels]
        severities = { sev1 = "P1", sev2 = "P2" }
        [intervals]
        roles = "5m"
        """
    )
    chosen = made(
        'severity_intervals = { sev1 = { technical_silence = "10m" } }\nlabels.severities = { sev2 = "two" }',
        settings,
    )
    worst, second, *_ = chosen.severities
    assert (worst.label, second.label) == ("P1", "two")
    own = chosen.intervals_of(worst)
    assert (own.min_update_interval, own.technical_silence, own.roles) == (
        timedelta(minutes=15),
        timedelta(minutes=10),
        timedelta(minutes=5),
    )


def test_what_the_operator_says_of_severities_that_are_gone_is_no_mistake_of_the_team(read: Load) -> None:
    settings = read(
        """
        severity_intervals = { sev1 = { technical_silence = "10m" }, sev2 = { technical_silence = "11m" } }
        labels.severities = { sev1 = "P1", sev2 = "P2" }
        """
    )
    chosen = made('severities = [{ name = "sev2", meaning = "bad" }, { name = "fine", meaning = "x" }]', settings)
    assert [one.label for one in chosen.severities] == ["P2", "fine"]
    assert set(chosen.severity_intervals) == {"sev2"}


def test_the_order_of_the_roots_is_the_teams_and_all_are_understood(read: Load) -> None:
    settings = read('command_prefixes = ["/incident", "/inc", "/outage"]')
    assert made('command_prefixes = ["/outage"]', settings).command_prefixes == ("/outage", "/incident", "/inc")
    assert problems('command_prefixes = ["/outage", "/deploy"]', settings) == [
        "command_prefixes: /deploy is not one of the operator's: /incident, /inc, /outage"
    ]


# What it cannot do


@pytest.mark.parametrize(
    "text",
    [
        '[github]\ntoken = "ghp_mine"',
        'github.url = "https://evil.example.org"',
        "gitlab = 1",
        '[access]\nresolve = "none"',
        'signing_key = "0123456789abcdef0123456789abcdef"',
        'queue = "/tmp/x"',
        'host = "0.0.0.0"',
        "workers = 64",
        'communication_issue = "always"',
        "repository_settings = true",
        'sweep_every = "1s"',
    ],
)
def test_what_is_the_operators_is_refused(text: str) -> None:
    [problem] = problems(text)
    assert problem.startswith(
        f"{next(iter(tomllib.loads(text)))}: can only be set by the operator; a repository can set "
    )
    assert "mine" not in problem
    assert "evil" not in problem


def test_a_team_sets_its_own_targets_beside_the_operators(read: Load) -> None:
    settings = read('targets = { sev1 = { resolve = "4h" }, sev2 = { resolve = "1d" } }')
    made = team_rules('targets = { sev1 = { acknowledge = "5m" } }', settings, "github")
    assert made.targets_of(made.severities[0]) == {
        "resolve": timedelta(hours=4),
        "acknowledge": timedelta(minutes=5),
    }
    fewer = team_rules('severities = [{ name = "sev2", meaning = "bad" }]', settings, "github")
    assert set(fewer.targets) == {"sev2"}
    assert fewer.targets_of(None) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('targets = { sev9 = { resolve = "4h" } }', "has no severity sev9"),
        ('targets = { sev1 = { reply = "4h" } }', "for sev1: reply is not a figure; the figures are detect, ack"),
        ('targets = { sev1 = { resolve = "soon" } }', "targets.sev1.resolve"),
        ('action_due = { sev9 = "14d" }', "has no severity sev9"),
        ('action_due = { sev1 = "4h" }', "for sev1: must be at least a day"),
    ],
)
def test_a_target_that_means_nothing_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadSettings) as caught:
        team_rules(text, OPERATORS, "github")
    assert said in str(caught.value)


def test_every_setting_is_either_the_operators_or_a_teams() -> None:
    """A new setting is the operator's until somebody decides otherwise; rule 6 of the security rules."""
    assert set(type(OPERATORS).model_fields) - {
        "labels",
        "severities",
        "intervals",
        "severity_intervals",
        "targets",
        "action_due",
        "timezone",
        "command_prefixes",
        "needed_roles",
        "audiences",
        "close_when_resolved",
        "roles",
        "fields",
        "checklists",
        "when",
        "on_call",
    } == {name for name in type(OPERATORS).model_fields if "set by the operator" in str(problems(f"{name} = nan"))}


def test_every_problem_is_reported_at_once_under_its_name_in_the_file() -> None:
    found = problems(
        """
        timezone = "Mars"
        templates = "x"
        needed_roles = ["boss"]
        severities = [{ name = "SEV 1", meaning = "x" }]
        audiences = []
        [labels]
        incidnet = "x"
        [intervals]
        technical_silence = "5"
        [github]
        token = "x"
        """
    )
    where = [problem.split(": ")[0] for problem in found]
    assert sorted(where) == sorted(
        [
            "labels.incidnet",
            "severities[0].name",
            "intervals.technical_silence",
            "timezone",
            "needed_roles[0]",
            "audiences",
            "templates",
            "github",
        ]
    )
    assert not any("TRACKER_BRIDGE_" in problem or "environment" in problem for problem in found)
    assert "labels.incidnet: is not a setting; did you mean incident?" in found
    assert any(problem.startswith("templates: is not a setting; ") for problem in found)


TWICE = """
severities = [
  { name = "a", meaning = "x", previous_names = ["c"] },
  { name = "b", meaning = "x", previous_names = ["C"] },
]
"""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("severities = 3", "severities: must be a list"),
        ("labels = 3", "labels: must be a table"),
        ("[[severities]]\nname = {}", "severities[0].meaning: is missing"),
        ("[[severities]]\nname = [1]\nmeaning = 2", "severities[0].name: must be text"),
        ('labels.severities = { sev1 = "sev2" }', "uses the label sev2 twice"),
        ('labels.severities = { sev1 = "Incident" }', "uses the label Incident twice"),
        ('labels.severities = { sev1 = "severity::2" }', "uses the label severity::2 twice"),
        (
            'labels.previous_names = ["incident"]',
            "has incident under previous_names, but that name is also used for something else",
        ),
        ('labels.previous_names = ["sev1"]', "has sev1 under previous_names"),
        ('severities = [{ name = "a", meaning = "x", previous_names = ["A"] }]', "has a under previous_names"),
        (TWICE, "has C under previous_names"),
        ('severities = [{ name = "a", meaning = "one\\ntwo" }]', "must be one line of 1 to 200 characters"),
        ('labels.incident = "a\\nb"', "labels.incident: not a label"),
        (
            'intervals.min_update_interval = "2h"',
            "intervals.max_update_interval: must not be shorter than min_update_interval",
        ),
        (
            'severity_intervals = { sev1 = { min_update_interval = "90m" } }',
            "for sev1: max_update_interval must not be shorter than min_update_interval",
        ),
        ('severity_intervals = { sev9 = { min_update_interval = "9m" } }', "has no severity sev9"),
        ('intervals.technical_silence = "5s"', "must be at least 1m"),
        ('intervals.technical_silence = "999999d"', "at most 365d"),
        ('needed_roles = ["scribe", "scribe"]', "needed_roles: contains the same entry twice"),
        ('timezone = "../../../etc/passwd"', "timezone: is not a time zone"),
        ('timezone = "Europe"', "timezone: is not a time zone"),
        ("timezone = 1979-05-27", "timezone: is not a time zone"),
    ],
)
def test_a_mistake_is_explained(text: str, problem: str) -> None:
    assert problem in "\n".join(problems(text))


def test_intervals_that_do_not_fit_to_the_operators_are_a_mistake(read: Load) -> None:
    settings = read('severity_intervals = { sev1 = { min_update_interval = "45m" } }')
    [problem] = problems('intervals.max_update_interval = "40m"', settings)
    assert problem.startswith(
        "severity_intervals: for sev1: max_update_interval must not be shorter than min_update_interval"
    )


NESTED = {
    "arrays": "a = " + "[" * 60_000,
    "tables": "a = " + "{a = " * 12_000,
    "both": "a = " + "[{a = " * 10_000,
    "one long key": ".".join("a" * 32_000) + " = 1",
    "many long keys": "\n".join(".".join("a" * 150) + f".b{number} = 1" for number in range(200)),
    "long headers": "\n".join("[" + ".".join("a" * number) + "]" for number in range(1, 240)),
    "digits": "a = " + "9" * 60_000,
    "a string without an end": 'a = """' + "x" * 60_000,
    "nothing that is TOML": "\x00\x01",
    "a page": "<html><body>404</body></html>",
    "half a line": "timezone = ",
    "the same twice": 'timezone = "UTC"\ntimezone = "UTC"',
}


@pytest.mark.parametrize("text", NESTED.values(), ids=NESTED.keys())
def test_a_file_that_is_no_settings_file_is_one_problem(text: str) -> None:
    assert len(text.encode()) <= MAX_FILE
    [problem] = problems(text)
    assert problem.startswith("the file: ")
    assert len(problem) < 300


CROWDED = {
    "unknown names": "\n".join(f"a{number} = 1" for number in range(6_000)),
    "a long name": f'"{"x" * 60_000}" = 1',
    "severities": "severities = [" + '{ name = "a", meaning = "b" },' * 2_000 + "]",
    "bad severities": "severities = [" + "{ x = 1 }," * 5_000 + "]",
    "labels": "labels.severities = {" + ",".join(f'a{number} = "b"' for number in range(4_000)) + "}",
    "roles": "needed_roles = [" + '"scribe",' * 6_000 + "]",
    "former names": 'severities = [{ name = "a", meaning = "b", previous_names = [' + '"c",' * 15_000 + "]}]",
    "intervals": "severity_intervals = {"
    + ",".join(f'a{n} = {{ technical_silence = "1m" }}' for n in range(1_700))
    + "}",
    "audiences": "audiences = [" + '{ name = "a", reach = "internal" },' * 1_500 + "]",
    "a long meaning": 'severities = [{ name = "a", meaning = "' + "x" * 60_000 + '" }]',
}


@pytest.mark.parametrize("text", CROWDED.values(), ids=CROWDED.keys())
def test_of_many_problems_some_are_told_and_none_at_length(text: str) -> None:
    assert len(text.encode()) <= MAX_FILE
    found = problems(text)
    assert 1 <= len(found) <= MOST_PROBLEMS + 1
    assert all(len(problem) < 600 for problem in found)


def test_how_many_problems_are_left_out_is_said() -> None:
    assert problems(CROWDED["unknown names"])[-1] == f"the file: has {6_000 - MOST_PROBLEMS} more problems"
