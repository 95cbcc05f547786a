"""Nobody is given anything by a part of a name: it is a whole name, or nobody's."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from tests.commands.thread import BOT, PEOPLE, Thread, declared
from tests.examples import examples
from tests.properties.speech import NAMES
from tracker_bridge.domain.issue.issue import Person

WHOLE = ("@{0}", "@{0}", "**@{0}**", "(@{0})", "@{0},", "@{0}.", "\\@{0}", "@{0}'s", "@\u200b{0}", "“@{0}”")
BROKEN = (
    *(
        "@{0}ü",
        "@ü{0}",
        "@{0}\u0301",
        "@{0}ж",
        "@{0}さん",
        "@{0}@mastodon.test",
        "@{0}:matrix.test",
        "@{0}+1",
        "@{0}=x",
    ),
    *("@{0}'brien", "@{0}’brien", "@{0}`x`", "@{0}·x", "@{0}#12", "@{0}/", "@{0}/ü", "@{0}%20x"),
    *(
        "x@{0}.test",
        "`@{0}`",
        "https://forge.test/@{0}",
        "ü@{0}",
        "mailto:x@{0}",
        "~~@{0}~~",
        "/@{0}",
        "{0}",
        "＠{0}",
    ),
)
LINES = (
    *("role scribe {0}", "role tester {0} {1}", "role comms {0} external", "role tl {0}", "handoff lead {0}"),
    *("task {0} look there", "task pass 1 {0}", "action mend it {0} due 2026-12-01", "action mend it {0}"),
    *("stakeholder {0} involved", "audience external {0} via mail", "fixed by {0}", "unrole scribe {0}"),
    *("claim lead {0}", "note {0} says so", "question {0}?", "update external: {0} knows"),
)
_NAMING = frozenset({"login", "who", "owner", "by", "people"})
"""Fields that hold logins."""


def thread_with_a_task() -> Thread:
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident claim assist\n/incident task @alice look at the logs")
    return thread


def people_in(value: object, field: str = "") -> Iterator[str]:
    """Yield every login that a value of the domain names."""
    if isinstance(value, Person):
        yield value.login
    elif isinstance(value, str):
        if field in _NAMING and value:
            yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from people_in(one, field)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            if name not in ("comments", "replies"):
                yield from people_in(getattr(value, name), name)


@st.composite
def mentioned(draw: st.DrawFn) -> tuple[str, str]:
    """Draw how somebody is named, and who that is; nobody, where no account can be meant."""
    name = draw(st.sampled_from((*NAMES, "femi", "octo-cat", "j", "ali", "dan_a")))
    whole = draw(st.booleans())
    typed = str(draw(st.sampled_from(WHOLE if whole else BROKEN))).format(name)
    return typed, name if whole else ""


@examples(75)
@given(st.sampled_from(LINES), mentioned(), mentioned())
def test_whoever_is_given_something_was_named_whole(
    line: str, one: tuple[str, str], other: tuple[str, str]
) -> None:
    thread = thread_with_a_task()
    before = {*people_in(thread.incident), *PEOPLE.keys() & {"alice", "bob"}, BOT.login}

    thread.say("alice", f"/incident {line.format(one[0], other[0])}")

    meant = {one[1], other[1]} if "{1}" in line else {one[1]}
    assert {*people_in(thread.incident)} - before <= meant
