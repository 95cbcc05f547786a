"""From settings to destinations. Nothing is connected to, and the library for other services is not loaded."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Final

from tracker_bridge.destinations import Destination
from tracker_bridge.destinations.apprise import MISSING, Library
from tracker_bridge.destinations.http import USUAL, Limits
from tracker_bridge.destinations.mattermost import MattermostBot, MattermostHook
from tracker_bridge.destinations.ntfy import Ntfy
from tracker_bridge.destinations.opsgenie import Opsgenie
from tracker_bridge.destinations.pagerduty import PagerDuty
from tracker_bridge.destinations.slack import SlackBot, SlackHook
from tracker_bridge.destinations.webhook import Webhook
from tracker_bridge.reach import FORBIDDEN, is_number, is_reachable
from tracker_bridge.setting_types.destinations import Reached, signing_key

Opening = Callable[[Reached, str, Limits], Destination]


def opened(reached: Reached, limits: Limits = USUAL) -> Destination:
    """Return the destination that the settings describe, which they have checked."""
    secret = reached.secret.get_secret_value() if reached.secret else ""
    return _CLIENTS.get(reached.address.service, _library)(reached, secret, limits)


def lacking(reached: Reached) -> str:
    """Return why nothing could ever be sent there, empty where it could. Looks up no name."""
    address = reached.address
    if not address.own and find_spec("apprise") is None:
        return MISSING
    return FORBIDDEN if is_number(address.host) and not is_reachable(address.host) else ""


def _slack(at: Reached, secret: str, limits: Limits) -> Destination:
    url, most = at.address.url, at.address.max_text
    return SlackBot(at.name, url, secret, most, limits) if secret else SlackHook(at.name, url, most, limits)


def _mattermost(at: Reached, secret: str, limits: Limits) -> Destination:
    url, most = at.address.url, at.address.max_text
    if secret:
        return MattermostBot(at.name, url, secret, most, limits)
    return MattermostHook(at.name, url, most, limits)


def _pagerduty(at: Reached, secret: str, limits: Limits) -> Destination:
    return PagerDuty(at.name, at.address.url, secret, at.address.max_text, limits)


def _opsgenie(at: Reached, secret: str, limits: Limits) -> Destination:
    return Opsgenie(at.name, at.address.url, secret, at.address.max_text, limits)


def _webhook(at: Reached, secret: str, limits: Limits) -> Destination:
    return Webhook(at.name, at.address.url, signing_key(secret), at.address.max_text, limits)


def _ntfy(at: Reached, secret: str, limits: Limits) -> Destination:
    return Ntfy(at.name, at.address.url, secret, at.address.max_text, limits)


def _library(at: Reached, _secret: str, _limits: Limits) -> Destination:
    return Library(at.name, at.address)


_CLIENTS: Final[Mapping[str, Opening]] = {
    "slack": _slack,
    "mattermost": _mattermost,
    "pagerduty": _pagerduty,
    "opsgenie": _opsgenie,
    "webhook": _webhook,
    "ntfy": _ntfy,
}
