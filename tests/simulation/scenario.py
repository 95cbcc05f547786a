"""
Which acts people do, and when: drawn from a seed, knowing nothing of the bridge.

Some acts answer what people see, or need that what was said before has been heard: a reopening that answers a
closing, an access that is taken away from somebody whose words shall stay. These are ``calm``: the weather clears
up for some minutes before them, so that what they mean does not depend on how fast the bridge was.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.simulation.acts import Act, Delete, Edit, Give, Harm, Label, Merge, Open, Rate, Rename, Say, SetOpen
from tests.simulation.place import MAIN, OTHER, PEOPLE
from tracker_bridge.domain.issue.issue import Access

LULL: Final = 240
"""Seconds of good weather before a calm act."""


_WORKERS: Final = ("alice", "bob", "carol")
_TEXTS: Final = (
    "restarted one pod @everybody see #1",
    "<b>half</b> of /close all * requests | fail",
    "the pool is dry | 10m ago",
    "```\n/incident resolve\n```",
)
_WORK: Final = (
    "/incident severity {sev} nobody can pay",
    "/incident severity {sev}\n/incident claim lead",
    "/incident role scribe @dana\n/incident role assist @carol",
    "/incident role tester @bob",
    "/incident role comms @carol external",
    "/incident claim tech-lead",
    "/incident handoff tech-lead @carol",
    "/incident unrole scribe @dana",
    "/incident impact customers: cannot pay by card --many 40",
    "/incident status identified the pool ran dry",
    "/incident status monitoring",
    "/incident note {text}",
    "/incident note {text}\n/incident major",
    "/incident note --external the provider is down | ~08:40\nthanks",
    "/incident detected 08:55 by alarm\n/incident started ~08:40",
    "/incident fixed 2m ago by @bob",
    "/incident test request pay with each card",
    "/incident test pass paid twice",
    "/incident test fail every fifth payment hangs",
    "/incident task @carol look at the pool",
    "/incident task done 1 all of them",
    "/incident propose roll back",
    "/incident question why did no alarm go off?",
    "/incident channel main #incident\n/incident channel chat #war-room",
    "/incident announced #general, all@acme.test",
    "/incident stakeholder @dana involved",
    "/incident audience external @carol via status page",
    "/incident update external via status page: Half of all payments fail.",
    "/incident update internal --now they asked\n> We are on it.\n\nand so on",
    "/incident no-update internal",
    "/incident snooze 45m all are in the data centre",
    "/incident related #1",
    "/incident brief external",
    "/incident catchup",
    "/incident help severity",
    "/incident show",
    "/incident export csv",
)
_PLAIN: Final = (
    "looking",
    "{text}",
    "I think it is the pool @alice",
    "/incidnt note oops",
    "  /incident note aside",
)
_WRONG: Final = (
    "/incident nte {text}",
    "/incident severity terrible",
    "/incident note a | 8 o'clock",
    "/incident role scribe @nobody-of-that-name",
    "/incident resolve yesterdy",
)
_AFTER: Final = (
    "/incident started 08:35",
    "/incident note found in the log {text}",
    "/incident cause the file was not shipped",
    "/incident question who was on call?",
    "/incident update external: It works again.",
    "/incident test pass",
    "/incident severity {sev}",
)
_REVIEW: Final = (
    "/incident postmortem 2026-12-01",
    "/incident action alert on the pool @bob due 2026-12-15",
    "/incident postmortem\n/incident action write the runbook @alice",
)


@dataclass(frozen=True)
class Planned:
    """``act`` happens ``at`` so many seconds after the beginning; ``calm``: see above."""

    at: int
    act: Act
    calm: bool = False


@dataclass
class _Draft:
    """The scenario as far as it is drawn."""

    dice: Random
    forge: str
    plan: list[Planned] = field(default_factory=list)
    at: int = 0
    names: int = 0
    said: list[Say] = field(default_factory=list)
    over: bool = False
    lost: str = ""
    settled: bool = True
    other: bool = False

    def add(self, act: Act, *, calm: bool = False) -> None:
        self.at += LULL + 10 if calm else self.dice.choice((3, 20, 45, 100, 300, 900))
        self.plan.append(Planned(self.at, act, calm))

    def say(self, who: str, text: str, *, ticket: int = MAIN, calm: bool = False) -> None:
        self.names += 1
        filled = text.format(sev=self.dice.choice(("sev1", "sev2", "sev3")), text=self.dice.choice(_TEXTS))
        said = Say(self.names, ticket, who, filled)
        self.said.append(said)
        self.add(said, calm=calm)

    def worker(self) -> str:
        return self.dice.choice([one for one in _WORKERS if one != self.lost])


def scenario(seed: int, forge: str, length: int) -> list[Planned]:
    """Return about ``length`` acts. Issues are opened first, so that they have the same numbers in every run."""
    dice = Random(f"people {seed} {forge}")
    draft = _Draft(dice, forge)
    _begin(draft)
    steps = max(1, length + dice.randint(-1, 1))
    end = dice.randint(1, steps) if dice.random() < 0.8 else steps + 1
    for step in range(steps):
        if step == end:
            _end(draft)
        else:
            dice.choices([act for act, _ in _STEPS], [often for _, often in _STEPS])[0](draft)
    return draft.plan


def _begin(draft: _Draft) -> None:
    dice = draft.dice
    body, label = dice.choice(
        (
            ("Half of all requests fail.\n\n/incident declare --started ~08:50 --detected 08:58 --by alarm", ""),
            ("/incident declare Checkout is down", ""),
            (f"What I see: {_TEXTS[0]}", "incident"),
            ("It is slow.", ""),
        )
    )
    opener = dice.choice(("alice", "bob", "dana", "bob", "rita"))
    draft.plan.append(Planned(0, Open(opener, "Checkout returns 502", body, label if opener != "rita" else "")))
    other = dice.random()
    if other < 0.2:
        draft.plan.append(Planned(0, Open("bob", "Payments hang", "/incident declare")))
        draft.other = True
    elif other < 0.4 and draft.forge == "gitlab":
        secret = Open("alice", "Breach of vault 7351", "/incident declare", confidential=True)
        draft.plan.append(Planned(0, secret))
        draft.say("alice", "/incident related #1\n/incident note vault 7351 is open", ticket=OTHER)
    if opener == "rita" or body == "It is slow.":
        draft.say("alice", "/incident declare", calm=True)


def _end(draft: _Draft) -> None:
    draft.settled = False
    if draft.other and draft.dice.random() < 0.5:
        draft.say("alice", "/incident merge #3", calm=True)
    elif draft.dice.random() < 0.1:
        draft.say("alice", "/incident cancel a false alarm", calm=True)
    else:
        draft.say(
            "alice", draft.dice.choice(("/incident resolve", "/incident claim lead\n/incident resolve")), calm=True
        )
    draft.over = True


def _work(draft: _Draft) -> None:
    texts = _AFTER if draft.over else _WORK
    draft.say(draft.worker(), draft.dice.choice(texts))


def _wrong(draft: _Draft) -> None:
    draft.say(draft.worker(), draft.dice.choice(_WRONG))


def _plain(draft: _Draft) -> None:
    draft.say(draft.dice.choice(tuple(PEOPLE)), draft.dice.choice(_PLAIN))


def _stranger(draft: _Draft) -> None:
    draft.say(
        "rita", draft.dice.choice(("/incident severity sev1", "/incident resolve", "/incident note I see it"))
    )


def _review(draft: _Draft) -> None:
    draft.say(draft.worker(), draft.dice.choice(_REVIEW))
    draft.settled = False


def _edit(draft: _Draft) -> None:
    """Somebody mends a comment: their own, or (calm) that of somebody else."""
    if not draft.said or draft.over:  # after the end: see docs/reliability.md
        return
    said = draft.dice.choice(draft.said)
    own = draft.forge == "gitlab" or draft.dice.random() < 0.7  # GitLab keeps no versions: see docs/reliability.md
    who = said.who if own else "alice"
    text = draft.dice.choice(_WORK[:12]).format(sev="sev2", text="mended") + f"\n\n{said.text}"
    draft.add(Edit(said.name, said.ticket, who, text), calm=True)


def _delete(draft: _Draft) -> None:
    if not draft.said:
        return
    said = draft.said.pop(draft.dice.randrange(len(draft.said)))
    draft.add(Delete(said.name, said.ticket, "alice"), calm=True)
    _note(draft, said.ticket)


def _label(draft: _Draft) -> None:
    label = draft.dice.choice(("sev1", "sev2", "sev3", "customer"))
    on = draft.dice.random() < 0.7
    draft.add(Label(MAIN, draft.worker(), label, on=on), calm=True)


def _state(draft: _Draft) -> None:
    draft.add(SetOpen(MAIN, draft.worker(), open=draft.over), calm=True)
    draft.over = not draft.over


def _access(draft: _Draft) -> None:
    """Somebody leaves, or comes back; what a moment ago was asked is remembered for a minute."""
    if draft.lost:
        draft.add(Give(draft.lost, PEOPLE[draft.lost]), calm=True)
        draft.lost = ""
    else:
        draft.lost = draft.dice.choice(("bob", "carol"))
        draft.add(Give(draft.lost, Access.READ), calm=True)
    draft.at += 70


def _harm(draft: _Draft) -> None:
    key = draft.dice.choice(("status", "status", "summary"))
    text = draft.dice.choice(("", f"All is well!\n\n<!-- tracker-bridge:{key} -->", "gone"))
    draft.add(Harm(MAIN, "alice", key, text), calm=True)
    _note(draft, MAIN)


def _note(draft: _Draft, ticket: int) -> None:
    """No listing tells of what was deleted, and GitLab sends no delivery either: the next look finds it."""
    draft.say("alice", "I have taken that away.", ticket=ticket, calm=True)


def _rename(draft: _Draft) -> None:
    draft.add(Rename(draft.dice.choice(("acme/api-two", "another-org/api"))))


def _by_hand(draft: _Draft) -> None:
    if draft.forge == "gitlab":
        draft.add(Rate(MAIN, "bob", draft.dice.choice(("CRITICAL", "LOW", "UNKNOWN"))), calm=True)
    else:
        draft.add(Merge(MAIN, "bob", "Enlarge the pool"))
        draft.at += 600  # nothing tells of it; the next look after ten minutes does
        draft.say("bob", "It is merged.")


def _elsewhere(draft: _Draft) -> None:
    if draft.other:
        draft.say("bob", "/incident note the other one {text}", ticket=OTHER)


_STEPS: Final[tuple[tuple[Callable[[_Draft], None], int], ...]] = (
    (_work, 40),
    (_wrong, 8),
    (_plain, 8),
    (_stranger, 4),
    (_review, 6),
    (_edit, 8),
    (_delete, 6),
    (_label, 5),
    (_state, 4),
    (_access, 4),
    (_harm, 4),
    (_rename, 2),
    (_by_hand, 3),
    (_elsewhere, 6),
)
