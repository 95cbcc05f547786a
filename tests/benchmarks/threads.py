"""Synthetic threads: the same at every run, and like what people write in one respect each."""

import random
from datetime import UTC, datetime, timedelta

from tracker_bridge.domain.issue.issue import Comment, Issue, IssueRef, Person, TrackerUrl

BOT = Person(1, "incident-bot", bot=True)
ALICE = Person(2, "alice")
BEGIN = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
URL = "https://forge.test/acme/shop/issues/7"

_TEXT = (
    "the checkout pods restart after about two minutes and their logs say that the connection is refused by "
    "the payment gateway while latency goes up everywhere so we rolled back to the build from before lunch and "
    "drained one node but the error rate stays at 48 % for customers in Europe and nobody knows whether the "
    "database or the network is to blame as both look fine on our side can you look at `pool_size` please and "
    "tell us what you see on [the dashboard](https://graphs.test/d/9) or ask somebody who was there **before**"
)

_WORDS = _TEXT.split()

_COMMANDS = (
    "/incident note {0}",
    "/incident note {0}\n/incident note {1}",
    "{0}\n/incident note {1}",
    "{0}\n\n/incident note {1}\n\n{2}",
    "/incident note {0} | 5m ago\r\n\r\n{1}",
)
_OTHERS = (
    "> /incident note {0}\n\n{1}",
    "> {0}\n> /incident note {1}\n\n{2}",
    "```\n/incident note {0}\n```\n\n{1}",
    "~~~ text\n{0}\n\n/incident resolve\n~~~",
    "{0} with `/incident note {1}` as you would write it",
    "<!--\n/incident note {0}\n-->\n\n{1}",
    "- {0}\n- /incident note {1}",
    "1. {0}\n\n   /incident note {1}",
    "    /incident note {0}\n\n{1}",
    "{0} and then /incident note {1}",
    "  /incident note {0}",
)
_TRAPS = (
    "/incident note {0}",
    "/incident",
    "{0}",
    "",
    "- {0}",
    "  /incident note {0}",
    "    /incident note {0}",
    "> {0}",
    "```",
    "~~~",
    "`",
    "{0} `` {0}",
    "<!-- {0}",
    "-->",
    "<div>\n",
    "</div>",
    "<details><summary>{0}</summary>\n",  # people mean a fence right below to be one; Markdown does not
    "[{0}](<",
    ">)",
    "[{0}",
    "]: https://graphs.test",
    "| {0} | {0} |",
    "|:--|:--|",
    "# {0}",
    "***",
    "1. /incident note {0}",
    "/incidental {0}",
    "/incident resolve\r",
)


def bodies(count: int, *, seed: int = 7) -> list[str]:
    """
    Return comments of about 520 characters, of which 15.8 % contain ``/incident``.

    Half of these are commands. In the others it stands in quotes, code, HTML comments, lists, or in a sentence.
    """
    dice = random.Random(seed)
    return [_body(dice, number) for number in range(count)]


def traps(count: int, *, seed: int = 7) -> list[str]:
    """Return short comments made of whatever opens, closes or continues something in Markdown, at random."""
    dice = random.Random(seed)
    return [
        "\n".join(_filled(dice, dice.choice(_TRAPS), 3) for _ in range(dice.randint(2, 8))) for _ in range(count)
    ]


def thread(texts: list[str], opening: str = "/incident declare") -> Issue:
    """Return an issue of alice's with ``texts`` as her comments, a minute apart."""
    comments = [
        Comment(1001 + number, ALICE, at, at, text.replace("\r\n", "\n"), TrackerUrl(f"{URL}#{1001 + number}"))
        for number, text in enumerate(texts)
        for at in [BEGIN + timedelta(minutes=1 + number)]
    ]
    return Issue(
        ref=IssueRef("local", "acme/shop", 7),
        viewer=BOT,
        author=ALICE,
        title="Checkout returns 502 for half of all requests",
        body=opening,
        url=TrackerUrl(URL),
        created_at=BEGIN,
        updated_at=BEGIN,
        open=True,
        labels=frozenset({"incident"}),
        comments=tuple(comments),
    )


def sentence(dice: random.Random, words: int) -> str:
    return " ".join(dice.choices(_WORDS, k=words))


def _body(dice: random.Random, number: int) -> str:
    if number % 1000 >= 158:
        return "\n\n".join(sentence(dice, 30) for _ in range(3))
    shapes = _COMMANDS if number % 2 else _OTHERS
    return _filled(dice, shapes[number // 2 % len(shapes)], 40)


def _filled(dice: random.Random, shape: str, words: int) -> str:
    return shape.format(*(sentence(dice, words) for _ in range(3)))
