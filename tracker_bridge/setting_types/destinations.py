"""A setting that is the address of a destination: which service, where, and mostly a secret in itself."""

import base64
import binascii
import difflib
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pydantic import AfterValidator, Field, PlainValidator, SecretStr, ValidationInfo, field_validator

from tracker_bridge.setting_types import Section
from tracker_bridge.setting_types.databases import GUESSABLE
from tracker_bridge.setting_types.services import CLEAR, LIBRARY, OWN, PAGERS
from tracker_bridge.setting_types.values import Token

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_SCHEME = re.compile(r"([a-z0-9]+)(?:\+(https?))?://", re.ASCII)
_ODD = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028\u2029\ufeff\ud800-\udfff]")
_KEY = re.compile(r"[\w.~-]{1,200}", re.ASCII)
_ROUTING = re.compile(r"[A-Za-z0-9]{32}", re.ASCII)
_WORDS = re.compile(r"(?:[A-Za-z]+|[0-9]{1,4})(?:[-_.](?:[A-Za-z]+|[0-9]{1,4}))*", re.ASCII)
_RANDOM = 16
_HOOKS = ("services", "hooks")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")

EXAMPLES: Final = {
    "slack": "slack+https://hooks.slack.com/services/T.../B.../..., or slack+https://slack.com/api/CHANNEL with "
    "the bot's token as secret",
    "mattermost": "mattermost+https://chat.example.org/hooks/KEY, or mattermost+https://chat.example.org/CHANNEL "
    "with the bot's token as secret",
    "pagerduty": "pagerduty+https://events.pagerduty.com, with the routing key as secret",
    "opsgenie": "opsgenie+https://api.opsgenie.com, with the API key of an integration as secret",
    "webhook": "webhook+https://example.org/incidents, with whsec_... as secret",
    "ntfy": "ntfy+https://ntfy.example.org/TOPIC",
}


class DestinationUrl(SecretStr):
    """
    The address of a destination, which nothing shows: it opens the door as well.

    ``service`` is ``slack``, or the scheme of the library's address, such as ``mailtos``.
    """

    @property
    def service(self) -> str:
        return self.get_secret_value().partition(":")[0].partition("+")[0]

    @property
    def own(self) -> bool:
        """Whether a client of ours speaks to it."""
        return self.service in OWN

    @property
    def pages_only(self) -> bool:
        """Whether any message that is no page would wake somebody there."""
        return self.service in PAGERS

    @property
    def can_dedup(self) -> bool:
        """Whether the service takes a message that comes twice for one."""
        return self.pages_only or self.service == "webhook"

    @property
    def max_text(self) -> int:
        """How many characters of a text it shows; what is longer is refused beforehand."""
        return OWN[self.service] if self.own else LIBRARY[self.service]

    @property
    def url(self) -> str:
        """Where a client of ours connects to, without the service's name."""
        return self.get_secret_value().removeprefix(f"{self.service}+")

    @property
    def host(self) -> str:
        """Return the server's name or number, empty where there is none."""
        return _split(self.url if self.own else self.get_secret_value()).hostname or ""

    @property
    def hidden(self) -> frozenset[str]:
        """
        Return what no output may contain: the whole, and the parts of it that are no words.

        A plain address without such a part is none: people write it, and what opens it is the secret beside it.
        """
        whole = self.get_secret_value()
        parts = _split(whole)
        pieces = [parts.netloc.rpartition("@")[2], *parts.path.split("/"), *parts.fragment.split("/")]
        pieces += [value for _, value in parse_qsl(parts.query)]
        userinfo = parts.netloc.rpartition("@")[0]
        credentials = [one for one in userinfo.split(":") if len(unquote(one)) >= GUESSABLE and "@" not in one]
        found = {*(one for one in pieces if _looks_random(one)), *credentials}
        opens = bool(found) or any(f"/{one}/" in parts.path for one in _HOOKS)
        return frozenset({whole, *((self.url,) if opens else ()), *found, *map(unquote, found)})


def _split(address: str) -> SplitResult:
    """The library's grammar is wider than that of addresses: what does not fit has no parts."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _looks_random(piece: str) -> bool:
    return len(piece) >= _RANDOM and not _WORDS.fullmatch(piece) and any(map(str.isdigit, piece))


def _address(given: object) -> DestinationUrl:
    """What is wrong is said without a letter of the address."""
    if isinstance(given, DestinationUrl):
        return given
    if not isinstance(given, str):
        raise ValueError("must be text")  # noqa: TRY004 - the library collects ValueError only
    scheme = _SCHEME.match(given)
    if scheme is None:
        raise ValueError(
            f"must begin with a service; there are {', '.join(OWN)} and those in docs/notifications.md"
        )
    if _ODD.search(given):
        raise ValueError("contains a space or another character that must be percent-encoded")
    service, over = scheme.groups()
    if service in OWN:
        if not over:
            raise ValueError(f"does not say where {service} is; write it like {EXAMPLES[service]}")
    elif service in ("http", "https"):
        raise ValueError(
            "does not say which service it is; write slack+https://..., webhook+https://... or another"
        )
    elif over or service not in LIBRARY:
        near = difflib.get_close_matches(service, [*OWN, *LIBRARY], n=1)
        advice = f"did you mean {near[0]}? " if near else ""  # what stands there may be a token
        raise ValueError(f"is not of a service that messages are sent to; {advice}see docs/notifications.md")
    return DestinationUrl(given)


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("must be lower-case letters, digits and hyphens, at most 40")
    return name


DestinationName = Annotated[str, AfterValidator(_name)]
Address = Annotated[DestinationUrl, PlainValidator(_address)]


class Reached(Section):
    """Where a destination is, and what opens it. The message of every mistake names it, and never the address."""

    name: DestinationName = Field(
        description="Its name, for people: in the thread, in metrics, and in other settings. Lower-case letters, "
        "digits and hyphens."
    )
    allow_http: bool = Field(
        default=False, description="Allow a connection without encryption that is not to this machine."
    )
    secret: Token | None = Field(
        default=None,
        description="What opens it, where that is not part of the address: a bot's token (Slack, Mattermost, "
        "ntfy), a routing key (PagerDuty), whsec_... (webhook).",
    )
    address: Address = Field(description="Where it is, and at which service: see docs/notifications.md.")

    @field_validator("address")
    @classmethod
    def _fits(cls, address: DestinationUrl, fields: ValidationInfo) -> DestinationUrl:
        name = fields.data.get("name", "?")
        secret = fields.data.get("secret")
        try:
            given = secret.get_secret_value() if secret else None
            _check(address, given, allow_http=fields.data.get("allow_http", False))
        except ValueError as error:
            raise ValueError(f"{error} (destination {name})") from None
        return address


def _check(address: DestinationUrl, secret: str | None, *, allow_http: bool) -> None:
    parts = _split(address.url if address.own else address.get_secret_value())
    try:
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("has an invalid port") from None
    clear = parts.scheme == "http" or parts.scheme in CLEAR
    if clear and not (allow_http or host in _LOOPBACK):
        raise ValueError("would be sent without encryption; use the scheme with s at its end, or set allow_http")
    if not address.own:
        if secret is not None:
            raise ValueError("has what opens it in itself: leave secret out")
        return
    if not host:
        raise ValueError(f"names no server; write it like {EXAMPLES[address.service]}")
    if parts.username is not None or parts.fragment or (parts.query and address.service != "webhook"):
        raise ValueError("must not contain a user, password, query or fragment")
    _check_own(address.service, [one for one in parts.path.split("/") if one], secret)


def _check_own(service: str, ways: list[str], secret: str | None) -> None:
    """``ways`` are the parts of the path: of a webhook's they are the receiver's own."""
    incomplete = ValueError(f"is not complete; write it like {EXAMPLES[service]}")
    match service, ways:
        case "webhook" | "pagerduty" | "opsgenie", _:
            _SECRETS[service](secret or "")
        case _ if not all(map(_KEY.fullmatch, ways)):
            raise incomplete
        case ("slack", ["services", _, _, _]) | ("mattermost", [*_, "hooks", _]):
            if secret is not None:
                raise ValueError("is a webhook's, which needs no secret: leave secret out")
        case ("slack", ["api", _]) | ("mattermost", [*_, _]):
            if secret is None:
                raise ValueError(f"needs a bot's token as its secret; write it like {EXAMPLES[service]}")
        case "ntfy", [*_, _]:
            pass
        case _:
            raise incomplete


def _check_routing(secret: str) -> None:
    if not _ROUTING.fullmatch(secret):
        raise ValueError("needs the routing key of an integration as its secret: 32 letters and digits")


def signing_key(secret: str) -> bytes:
    """Return the key of ``whsec_...``. Raises ``ValueError``."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith("whsec_") or not 24 <= len(key) <= 64:
        raise ValueError(
            "needs a secret of whsec_ and 24 to 64 bytes in base64, for example from: "
            "echo whsec_$(openssl rand -base64 32)"
        )
    return key


def _check_key(secret: str) -> None:
    if not secret:
        raise ValueError("needs the API key of an integration as its secret")


_SECRETS: Final[Mapping[str, Callable[[str], object]]] = {
    "webhook": signing_key,
    "pagerduty": _check_routing,
    "opsgenie": _check_key,
}
"""What the secrets of those look like that need one wherever they are."""
