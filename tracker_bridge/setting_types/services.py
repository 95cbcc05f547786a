"""
The services that a destination may be at, and how long a text each of them shows whole.

An allow-list: the library that speaks to most of them also writes to the system's log, to files and to the screen,
which no destination is for.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_MAIL: Final = (
    *("mailto", "mailtos", "mailgun", "sendgrid", "postmark", "sparkpost", "brevo", "resend", "mailersend"),
    *("smtp2go", "ses"),
)
_SHORT: Final = (
    *("sns", "twilio", "vonage", "sinch", "plivo", "msgbird", "clicksend", "46elks", "bulksms", "telnyx", "seven"),
)

_ALERTING: Final = (
    *("ilert", "goalert", "goalerts", "signl4", "pagertree", "squadcast", "incidentio", "firehydrant"),
    *("splunk", "victorops"),
)

OWN: Final[Mapping[str, int]] = MappingProxyType(
    {
        "slack": 20_000,
        "mattermost": 12_000,
        "pagerduty": 1_024,
        "opsgenie": 13_000,
        "webhook": 60_000,
        "ntfy": 3_000,
    }
)
"""Those with a client of ours, as ``slack+https://...``: what is edited, answered below, or not shown twice."""

LIBRARY: Final[Mapping[str, int]] = MappingProxyType(
    {
        **dict.fromkeys(_MAIL, 30_000),
        **dict.fromkeys(("discord", "revolt"), 1_800),
        **dict.fromkeys(("tgram", "gchat", "whatsapp", "stackfield", "zoom"), 3_600),
        **dict.fromkeys(("zulip", "prowl"), 9_000),
        **dict.fromkeys(("workflow", "workflows", "twist", "ryver", "pover", "rocket", "rockets"), 900),
        **dict.fromkeys(("webex", "wxteams", "cliq"), 4_500),
        **dict.fromkeys(("matrix", "matrixs", "nctalk", "nctalks", "synology", "synologys"), 28_000),
        **dict.fromkeys(("gotify", "gotifys", "signal", "signals", "pbul", "bark", "barks", "flock"), 30_000),
        **dict.fromkeys(("spush", "simplepush"), 6_000),
        **dict.fromkeys(("lark", "feishu", "dingtalk"), 17_000),
        "wecombot": 1_800,
        "line": 4_500,
        "threema": 3_100,
        **dict.fromkeys(_SHORT, 140),
        **dict.fromkeys(_ALERTING, 5_000),
        **dict.fromkeys(("splunk", "victorops"), 360),
    }
)
"""Those that Apprise speaks to, by the schemes of its addresses."""

CLEAR: Final = frozenset(
    {"mailto", "matrix", "rocket", "nctalk", "synology", "gotify", "signal", "bark", "goalert"}
)
"""Those of the library's that send without encryption, where another scheme encrypts."""

PLAIN: Final = frozenset({*_MAIL, *_SHORT})
"""Those that show a text as it is: mail and short messages know no mention, and no link with another text."""

ALERTING: Final = frozenset(_ALERTING)
"""Those of the library's that wake people, and know an alert by a key, so that its end is not another alert."""

PAGERS: Final = frozenset({*ALERTING, "pagerduty", "opsgenie"})
"""All that take pages only: to them, any other message would be an alert."""
