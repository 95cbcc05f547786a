"""Addresses of destinations: which are taken, and what is said about the others, without a letter of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.destinations.conftest import SECRETS, reached
from tests.examples import examples
from tracker_bridge.destinations.opening import lacking
from tracker_bridge.reach import is_reachable
from tracker_bridge.setting_types.services import LIBRARY, OWN

TOKEN = "s3cr3tt0k3nv4lu3"
HOOK = f"slack+https://hooks.slack.com/services/T000/B000/{TOKEN}"


@pytest.mark.parametrize(
    ("address", "secret"),
    [
        (HOOK, None),
        ("slack+https://slack.com/api/C0123", SECRETS["slack"]),
        ("mattermost+https://chat.example.org/hooks/n5zpqmhxd3ntiy6tcoqjqs3kyc", None),
        ("mattermost+https://example.org/chat/hooks/n5zpqmhxd3ntiy6tcoqjqs3kyc", None),
        ("mattermost+https://chat.example.org/3kd8r1ebfyw7b4ikd3ctyr6gab", SECRETS["mattermost"]),
        ("pagerduty+https://events.eu.pagerduty.com", SECRETS["pagerduty"]),
        ("webhook+https://example.org/a%20b?x=1", SECRETS["webhook"]),
        ("webhook+http://127.0.0.1:8000/", SECRETS["webhook"]),
        ("ntfy+https://ntfy.example.org/acme-incidents", None),
        ("ntfy+https://ntfy.example.org/acme-incidents", "tk_1234567890"),
        ("mailtos://bridge:pass@example.org?to=oncall@example.org", None),
        ("mailto://localhost:2525?from=a@example.org&to=b@example.org", None),
        ("discord://123456789/token", None),
        ("gotifys://example.org/token", None),
    ],
)
def test_an_address_of_a_service_is_taken(address: str, secret: str | None) -> None:
    found = reached(address, secret)
    assert found.address.get_secret_value() == address
    assert found.address.max_text > 0
    assert address not in repr(found)


@pytest.mark.parametrize(
    ("address", "secret", "complaint"),
    [
        (f"https://hooks.slack.com/services/T/B/{TOKEN}", None, "does not say which service it is"),
        (f"slack://{TOKEN}/{TOKEN}/{TOKEN}", None, "does not say where slack is"),
        (f"slack+https://hooks.slack.com/{TOKEN}", None, "is not complete"),
        (f"slack+https:///services/T/B/{TOKEN}", None, "names no server"),
        (f"slack+http://hooks.slack.com/services/T/B/{TOKEN}", None, "without encryption"),
        (f"slack+https://x:{TOKEN}@hooks.slack.com/services/T/B/X", None, "must not contain a user"),
        (f"slack+https://hooks.slack.com:{TOKEN}/services/T/B/X", None, "has an invalid port"),
        (HOOK, TOKEN, "needs no secret"),
        ("slack+https://slack.com/api/C0123", None, "needs a bot's token"),
        (f"mattermost+https://chat.example.org/{TOKEN}", None, "needs a bot's token"),
        ("mattermost+https://chat.example.org", TOKEN, "is not complete"),
        ("pagerduty+https://events.pagerduty.com", TOKEN, "needs the routing key"),
        ("pagerduty+https://events.pagerduty.com", None, "needs the routing key"),
        (f"webhook+https://example.org/{TOKEN}", None, "whsec_"),
        (f"webhook+https://example.org/{TOKEN}", "whsec_c2hvcnQ=", "whsec_"),
        ("ntfy+https://ntfy.example.org", None, "is not complete"),
        (f"syslog://{TOKEN}", None, "is not of a service"),
        (f"rsyslog://{TOKEN}", None, "is not of a service"),
        (f"irc://{TOKEN}", None, "is not of a service"),
        (f"apprises://{TOKEN}", None, "is not of a service"),
        (f"json://{TOKEN}", None, "is not of a service"),
        (f"file:///etc/{TOKEN}", None, "is not of a service"),
        (f"windows://{TOKEN}", None, "is not of a service"),
        (f"mailto://user:{TOKEN}@example.org", None, "without encryption"),
        (f"gotify://example.org/{TOKEN}", None, "without encryption"),
        (f"discord://1/{TOKEN}", TOKEN, "leave secret out"),
        (f"mailtos+https://{TOKEN}", None, "is not of a service"),
        (f"{TOKEN}", None, "must begin with a service"),
        (f"discord://a b/{TOKEN}", None, "contains a space"),
        (f"discord://a\nb/{TOKEN}", None, "contains a space"),
    ],
)
def test_a_mistake_is_said_without_the_address(address: str, secret: str | None, complaint: str) -> None:
    with pytest.raises(ValidationError) as refused:
        reached(address, secret)
    text = str(refused.value) + repr(refused.value.errors(include_input=False, include_url=False))
    assert complaint in text
    assert TOKEN not in text


def test_what_only_the_library_can_read_hides_as_a_whole() -> None:
    odd = f"mailtos://[{TOKEN}"
    assert odd in reached(odd).address.hidden


def test_a_mistake_names_the_destination() -> None:
    with pytest.raises(ValidationError, match=r"\(destination chat\)"):
        reached("slack+https://hooks.slack.com/x")


def test_http_is_allowed_where_the_operator_says_so() -> None:
    assert reached("gotify://gotify.internal/token", allow_http=True).address.service == "gotify"


def test_what_opens_a_destination_is_hidden_and_names_are_not() -> None:
    hidden = reached(HOOK).address.hidden
    assert TOKEN in hidden
    assert HOOK in hidden
    assert not {"hooks.slack.com", "services", "T000", "slack"} & hidden
    mail = reached("mailtos://bridge:p%40ssw0rd-long@example.org?to=oncall@example.org").address.hidden
    assert "p@ssw0rd-long" in mail
    assert not {"oncall@example.org", "example.org", "bridge"} & mail
    for plain, secret in (
        ("pagerduty+https://events.pagerduty.com", SECRETS["pagerduty"]),
        ("slack+https://slack.com/api/C0123", SECRETS["slack"]),
        ("webhook+https://example.org/incidents", SECRETS["webhook"]),
        ("ntfy+https://ntfy.example.org/acme-incidents", None),
    ):
        assert reached(plain, secret).address.hidden == {plain}  # people may write the address that is in it
    assert "acme-incidents" not in reached("ntfy+https://ntfy.example.org/acme-incidents-2026").address.hidden


def test_no_service_of_the_library_has_the_name_of_one_of_ours() -> None:
    assert OWN.keys() & LIBRARY.keys() == set()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.1.2.3", "192.168.1.1", "fd12::1", "93.184.216.34"])
def test_the_operators_own_networks_are_reached(address: str) -> None:
    assert is_reachable(address)


@pytest.mark.parametrize(
    "address",
    [
        *("169.254.169.254", "169.254.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::"),
        *("fe80::1", "fe80::1%eth0", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
        *("0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255", "localhost", ""),
    ],
)
def test_what_only_machines_of_a_cloud_are_asked_for_is_not(address: str) -> None:
    assert not is_reachable(address)


@pytest.mark.parametrize(
    ("address", "secret"),
    [
        ("webhook+https://169.254.169.254/latest", SECRETS["webhook"]),
        ("webhook+https://[fd00:ec2::254]/", SECRETS["webhook"]),
        ("mailtos://u:p@169.254.169.254?to=a@example.org", None),
    ],
)
def test_an_address_of_a_cloud_is_refused_at_the_start(address: str, secret: str | None) -> None:
    assert lacking(reached(address, secret)) == "its address is one that is never connected to"


PIECES = [
    *("://", "+https", "+http", "/", "?", "#", "@", ":", "[", "%", " ", "\n"),
    "services",
    "api",
    "hooks",
    "é",
]


@examples(150)
@given(
    service=st.sampled_from([*OWN, *LIBRARY, "https", "file", ""]),
    rest=st.lists(st.sampled_from([TOKEN, *PIECES]), max_size=9).map("".join),
    secret=st.sampled_from([None, TOKEN, f"whsec_{TOKEN}"]),
)
def test_whatever_is_wrong_with_an_address_none_of_it_is_said(service: str, rest: str, secret: str | None) -> None:
    try:
        found = reached(service + rest, secret)
    except ValidationError as error:
        text = f"{error} {error.errors(include_input=False, include_url=False)}"
    else:
        assert all(isinstance(one, str) for one in found.address.hidden)
        text = f"{found!r} {lacking(found)} {found.address}"
    assert TOKEN not in text
