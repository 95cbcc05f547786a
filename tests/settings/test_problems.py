"""What is reported, and how."""

import base64
import re
import secrets as randomness
from collections.abc import Iterator

import pytest

from tests.settings.conftest import Load, Refusal, table
from tracker_bridge.settings import BadSettings, Labels, Settings
from tracker_bridge.trackers.github.settings import GitHub
from tracker_bridge.trackers.gitlab.settings import GitLab

SECRET = "0123456789abcdef0123456789abcdef"
CANARY = "ghp_canary"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nQUJD\n-----END RSA PRIVATE KEY-----"


def test_every_problem_is_reported_at_once_under_both_names(refusal: Refusal) -> None:
    problems = refusal(
        'timezone = "Mars"\n[github]\ntoken = "x"\nprojects = ["api"]',
        PROT="1",
        PORT="99999",
        GITLAB__URL="http://git.acme.org",
        SWEEP_EVERY="5",
        NEEDED_ROLES='["boss"]',
        ACCESS__RESOLVE="wirte",
    )
    where, what = zip(*(problem.split(": ", 1) for problem in problems), strict=True)
    assert where == (
        "TRACKER_BRIDGE_PROT",
        "github.projects[0] (TRACKER_BRIDGE_GITHUB__PROJECTS)",
        "gitlab.url (TRACKER_BRIDGE_GITLAB__URL)",
        "gitlab.projects (TRACKER_BRIDGE_GITLAB__PROJECTS)",
        "gitlab.token (TRACKER_BRIDGE_GITLAB__TOKEN)",
        "timezone (TRACKER_BRIDGE_TIMEZONE)",
        "needed_roles[0] (TRACKER_BRIDGE_NEEDED_ROLES)",
        "access.resolve (TRACKER_BRIDGE_ACCESS__RESOLVE)",
        "sweep_every (TRACKER_BRIDGE_SWEEP_EVERY)",
        "port (TRACKER_BRIDGE_PORT)",
    )
    assert what[0] == "is not a setting; did you mean TRACKER_BRIDGE_PORT?"
    assert what[2].startswith("http would send the token in the clear; use https")
    assert what[5] == "is not a time zone; write an IANA name, like Europe/Berlin"
    assert "'incident-lead', 'technical-lead'" in what[6]
    assert what[7] == "must be one of none, read, triage, write, maintain, admin"
    assert what[9] == "must be less than or equal to 65535"


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"GITHUB__TOKEN": "x"}, "github.projects (TRACKER_BRIDGE_GITHUB__PROJECTS): is missing"),
        ({"GITHUB__TOKEN": "x", "GITHUB__PROJECTS": "[]"}, "must not be empty"),
        ({"GITHUB__PROJECTS": "acme/api"}, "must be a list; in the environment as JSON"),
        ({"GITHUB__PROJECTS": '["a/b", "A/b"]'}, "contains the same entry twice"),
        ({"GITHUB": "token"}, "github (TRACKER_BRIDGE_GITHUB): must be a table"),
        ({"GITHUB__TOKN": "x"}, "(TRACKER_BRIDGE_GITHUB__TOKN): is not a setting; did you mean token?"),
        ({"GITHUB__PROJECTS": '["a/b"]'}, "github.token (TRACKER_BRIDGE_GITHUB__TOKEN): no credential"),
        ({"GITHUB__APP_ID": "1"}, "belong together"),
        ({"GITHUB__PRIVATE_KEY": PEM}, "belong together"),
        ({"GITHUB__TOKEN": "x", "GITHUB__APP_ID": "1"}, "not both"),
        (
            {"INTERVALS__TECHNICAL_SILENCE": "59s"},
            "intervals.technical_silence (TRACKER_BRIDGE_INTERVALS__TECHNICAL_SILENCE): must be at least 1m",
        ),
        ({"INTERVALS__MAX_UPDATE_INTERVAL": "20m"}, "must not be shorter than min_update_interval"),
        ({"INTERVALS__MAX_UPDATE_INTERVALL": "2h"}, "is not a setting; did you mean max_update_interval?"),
        ({"SEVERITY_INTERVALS__SEV9__TECHNICAL_SILENCE": "2h"}, ("has no severity sev9; the severities are sev1, "
        "sev2, sev3, sev4")),
        ({"SEVERITY_INTERVALS__SEV1__CELING": "2h"}, "for sev1: celing is not an interval"),
        (
            {"SEVERITY_INTERVALS__SEV1__MIN_UPDATE_INTERVAL": "2h"},
            "for sev1: max_update_interval must not be shorter than min_update_interval",
        ),
        (
            {"SEVERITY_INTERVALS__SEV1__TECHNICAL_SILENCE": "2"},
            "SEVERITY_INTERVALS__SEV1__TECHNICAL_SILENCE): not a duration",
        ),
        ({"GITHUB__APP_ID": "seven"}, "(TRACKER_BRIDGE_GITHUB__APP_ID): must be a whole number"),
        ({"GITHUB__TOKEN": ""}, "github.token (TRACKER_BRIDGE_GITHUB__TOKEN): is empty"),
        ({"GITHUB__URL": "https://github.com/"}, "the API is https://api.github.com"),
        ({"GITHUB__URL": "https://me:pw@git.acme.org"}, "must not contain a user"),
        ({"GITHUB__URL": "git.acme.org"}, "not an address; write it like https://git.example.org"),
        ({"GITHUB__URL": "https://[::1"}, "not an address"),
        ({"GITLAB__URL": "https://h:99999"}, "has an invalid port '99999'; use a number from 1 to 65535"),
        ({"GITHUB__URL": "https://h:0/api/v3"}, "has an invalid port '0'; use a number from 1 to 65535"),
        ({"GITHUB__URL": "https://h:http"}, "has an invalid port 'http'; use a number from 1 to 65535"),
        ({"GITHUB__URL": "https://h:"}, "has an invalid port ''; use a number from 1 to 65535"),
        ({"GITHUB__URL": "https://h:\u0663"}, "has an invalid port '\u0663'; use a number from 1 to 65535"),
        ({"GITHUB__URL": "https://h:443:443"}, "has an invalid port '443:443'; use a number from 1 to 65535"),
        ({"GITHUB__URL": "https://[::1]:99999"}, "has an invalid port '99999'; use a number from 1 to 65535"),
        ({"GITHUB__URL": f"https://h:{'9' * 5000}"}, ("has an invalid port '99999999999999999999'; use a number "
        "from 1 to 65535")),
        ({"GITLAB__URL": "https://git acme.org"}, "contains a space or another character that no address has"),
        ({"GITLAB__URL": "https://git.acme.org\n"}, "contains a space or another character that no address has"),
        ({"GITLAB__URL": "https://git.acme.org/a b"}, "contains a space or another character that no address has"),
        ({"GITLAB__URL": "https:\\\\git.acme.org"}, "contains a space or another character that no address has"),
        ({"GITLAB__URL": "https://<server>/x"}, "contains a space or another character that no address has"),
        ({"GITLAB__URL": "https://git..acme.org"}, "'git..acme.org' is not a valid server name"),
        ({"GITLAB__URL": "https://-git.acme.org"}, "is not a valid server name"),
        ({"GITLAB__URL": "https://git%20.acme.org"}, "is not a valid server name"),
        ({"GITLAB__URL": "https://10.0.0.999"}, "'10.0.0.999' is not an IPv4 address"),
        ({"GITLAB__URL": "https:///gitlab"}, "not an address; write it like"),
        ({"GITLAB__URL": "https://git.acme.org/?"}, "must not contain a user, password, query or fragment"),
        ({"GITLAB__URL": "https://git.acme.org/#"}, "must not contain a user, password, query or fragment"),
        ({"GITLAB__URL": "ssh://git.acme.org"}, "not an address; write it like"),
        ({"GITLAB__URL": "https://git.acme.org/api/v4/"}, "without /api/v4"),
        ({"GITLAB__TOKEN": "cut here"}, "not valid in a token"),
        ({"ACCESS__SEVERTIY": "write"}, "has no command 'severtiy'; did you mean severity?"),
        ({"ACCESS__LOG": "write"}, "has no command 'log'; did you mean note?"),
        ({"ACCESS__XYZZY": "write"}, "has no command 'xyzzy'; there are "),
        ({"LABELS__INCIDENT": "a,b"}, "not a label"),
        ({"LABELS__SEVERITIES": '{"sev9": "x"}'}, "does not have sev9"),
        ({"SEVERITIES": '[{"name": "a", "meaning": "x"}, {"name": "a", "meaning": "y"}]'}, "twice"),
        ({"SEVERITIES": '[{"name": "SEV 1", "meaning": "x"}]'}, "severities[0].name (TRACKER"),
        ({"SEVERITIES": "[]"}, "must have 1 to 10 entries"),
        ({"COMMAND_PREFIXES": '["incident"]'}, "not a command root; write a slash and a lower-case word"),
        ({"LEASE": "0s"}, "must be at least 1s"),
        ({"LOG_LEVEL": "loud"}, "must be 'debug', 'info', 'warning' or 'error'"),
        ({"SIGNING_KEY": "short"}, "signing_key (TRACKER_BRIDGE_SIGNING_KEY): too short (5 bytes); at least 24"),
    ],
)  # fmt: skip
def test_a_mistake_is_explained(refusal: Refusal, variables: dict[str, str], problem: str) -> None:
    assert problem in "\n".join(refusal(**variables))


WRONG = ["5", '"x"', "1.5", "true", "[1]", '["x"]', "{ x = 1 }", "1979-05-27", "nan", "99999999999999999999999"]
FIELDS = [
    *Settings.model_fields,
    *(f"github.{name}" for name in GitHub.model_fields),
    *(f"gitlab.{name}" for name in GitLab.model_fields),
    *(f"labels.{name}" for name in Labels.model_fields),
]


@pytest.mark.parametrize("path", FIELDS)
def test_a_value_of_the_wrong_kind_is_explained_without_the_words_of_the_library(path: str, read: Load) -> None:
    said = []
    for value in WRONG:
        try:
            read(f"{path} = {value}")
        except BadSettings as error:
            said += [str(problem) for problem in error.problems]

    assert said
    for problem in said:
        assert not re.search(r"<class|Input|input|valid|pars|Tuple|tuple|instance|dictionary", problem), problem


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_a_variable_in_another_encoding_is_said_to_be_one(refusal: Refusal, name: str) -> None:
    for value in (f"{SECRET}\udcff", f'["{SECRET}\udcff"]'):
        assert refusal(**{name.upper(): value}) == [f"TRACKER_BRIDGE_{name.upper()}: is not text in UTF-8"]


def test_half_a_character_in_json_is_no_value(refusal: Refusal) -> None:
    assert "must be a list" in "\n".join(refusal(GITHUB__WEBHOOK_SECRETS=f'["{SECRET}\\ud800"]'))


def test_too_many_entries_are_said_to_be_too_many(refusal: Refusal) -> None:
    assert refusal(f"[labels]\nprevious_names = {[f'label {n}' for n in range(11)]}") == [
        "labels.previous_names (TRACKER_BRIDGE_LABELS__PREVIOUS_NAMES): must have at most 10 entries"
    ]


def test_the_file_takes_no_bare_number_for_a_length_of_time(refusal: Refusal) -> None:
    assert refusal("lease = 5") == [
        "lease (TRACKER_BRIDGE_LEASE): not a duration; write it with a unit, like 30s, 5m, 1h or 1d"
    ]


@pytest.mark.parametrize("name", ["GITHUB__WEBHOOK_SECRETS", "GITLAB__WEBHOOK_TOKENS"])
def test_a_short_webhook_secret_is_refused_and_a_long_one_is_not(refusal: Refusal, read: Load, name: str) -> None:
    problem = "\n".join(refusal(**{name: f'["{SECRET}", "{"x" * 23}"]'}))
    assert f"{name.lower().replace('__', '.')}[1]" in problem
    assert "too short (23 bytes); at least 24" in problem
    forge, projects = name.partition("__")[0], '["a/b"]'
    read(**{name: f'["{SECRET}", "{"x" * 24}"]', f"{forge}__TOKEN": "x", f"{forge}__PROJECTS": projects})


def test_signing_tokens_are_whsec_and_base64(refusal: Refusal, read: Load) -> None:
    good = "whsec_" + base64.b64encode(randomness.token_bytes(32)).decode()
    read(GITLAB__TOKEN="x", GITLAB__PROJECTS='["a/b"]', GITLAB__SIGNING_TOKENS=f'["{good}"]')
    for bad in (
        good.removeprefix("whsec_"),
        "whsec_" + "%" * 40,
        "whsec_" + base64.b64encode(b"short").decode(),
    ):
        problem = "\n".join(refusal(GITLAB__SIGNING_TOKENS=f'["{bad}"]'))
        assert "gitlab.signing_tokens[0]" in problem
        assert "too short" in problem or "not a signing token" in problem
        assert bad not in problem


def test_http_is_fine_to_this_machine_or_when_allowed(read: Load) -> None:
    for url in ("http://localhost:3000", "http://127.0.0.1:3000/gitlab/", "http://[::1]:3000"):
        settings = read(GITLAB__TOKEN="x", GITLAB__PROJECTS='["a/b"]', GITLAB__URL=url)
        assert table(settings, GitLab).url == url.rstrip("/")
    read(GITLAB__TOKEN="x", GITLAB__PROJECTS='["a/b"]', GITLAB__URL="http://git.lan", GITLAB__ALLOW_HTTP="true")


@pytest.mark.parametrize(
    "url",
    [
        "https://git_lab.acme.org:8443",
        "https://10.0.0.9:65535/gitlab",
        "https://münchen.test",
        "https://[fd00::1]:3000",
        "https://git.acme.org.",
        "https://GIT.acme.org:1",
        "https://intranet",
    ],
)
def test_an_address_that_can_be_is_taken(read: Load, url: str) -> None:
    settings = read(GITLAB__TOKEN="x", GITLAB__PROJECTS='["a/b"]', GITLAB__URL=url)
    assert table(settings, GitLab).url == url


def _secret_places() -> Iterator[dict[str, str]]:
    """Every place for a secret, with a canary that is refused there for one reason or another."""
    for name in ("GITHUB__TOKEN", "GITHUB__PRIVATE_KEY", "GITLAB__TOKEN", "KEY"):
        yield {name: f"{CANARY} \x07"}
        yield {name: f"{CANARY}\\n-----"}
        yield {name: f'["{CANARY}"]', "PORT": "x"}
    for name in ("GITHUB__WEBHOOK_SECRETS", "GITLAB__WEBHOOK_TOKENS", "GITLAB__SIGNING_TOKENS"):
        yield {name: f'["{CANARY}"]'}
        yield {name: CANARY}
        yield {name: f'{{"{CANARY}": 1}}'}
        yield {name: f'[["{CANARY}"]]'}
    yield {"GITHUB": f'{{"token": ["{CANARY}"]}}'}
    yield {"GITHUB": f'["{CANARY}"]'}


@pytest.mark.parametrize("variables", list(_secret_places()), ids=str)
def test_a_secret_is_never_repeated(refusal: Refusal, variables: dict[str, str]) -> None:
    assert CANARY not in "\n".join(refusal(**variables))
