"""An incident as it goes on: people act on a forge, the bridge looks, somebody reads the thread."""

from collections.abc import Mapping
from datetime import datetime

import pytest

from tests.commands.thread import is_card, readable
from tests.contract.forges import Forge
from tests.contract.local import rules_of
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.changes import Change, key_of
from tracker_bridge.domain.issue.issue import Access, IssueRef
from tracker_bridge.project_settings import ProjectSettings
from tracker_bridge.reconcile import Bridge, ReconcileResult
from tracker_bridge.reconcile.outward import Courier
from tracker_bridge.rendering import Renderer
from tracker_bridge.sandbox.world import Account, Note, Ticket
from tracker_bridge.settings import Settings
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers import Busy, Tracker

KEY = b"a key of the stories that signs receipts"
RENDERER = Renderer(templates_folder(), COMMANDS)


class Story:
    """
    One issue on one forge, and the real bridge that looks at it. Without a ``courier``, nothing goes elsewhere.

    Beside the people of the town there are carol (write) and dana (triage). Times are those of one day, UTC;
    the world's clock stands still but for :meth:`at`.
    """

    courier: Courier | None = None

    def __init__(self, forge: Forge, rules: Rules | None = None, settings: Settings | None = None) -> None:
        """With ``settings``, the operator's, the project's own file counts as well; else ``rules`` hold."""
        self.forge = forge
        self.world = forge.world
        self.settings = settings
        self.rules = rules_of("", settings, forge.name) if settings else rules or Rules()
        self.bridge = self.bridge_of(forge.tracker)
        self.carol = self._member("carol", Access.WRITE)
        self.dana = self._member("dana", Access.TRIAGE)
        self.ticket: Ticket

    def bridge_of(self, tracker: Tracker, key: bytes = KEY) -> Bridge:
        trackers, own = {tracker.name: tracker}, {tracker.name: self.rules}
        return Bridge(
            trackers,
            own,
            RENDERER,
            keys=[key],
            teams=self._teams(trackers, own),
            monotonic=self.forge.clock.seconds,
            courier=self.courier,
        )

    def _teams(self, trackers: Mapping[str, Tracker], own: Mapping[str, Rules]) -> ProjectSettings | None:
        settings = self.settings
        if settings is None:
            return None
        every = settings.repository_settings_every
        return ProjectSettings(trackers, own, lambda name, text: rules_of(text, settings, name), every=every)

    @property
    def ref(self) -> IssueRef:
        return self.forge.ref(self.ticket)

    def identity(self, ticket: Ticket | None = None) -> str:
        """Return what receipts are bound to."""
        return self.forge.tracker.read(self.forge.ref(ticket or self.ticket)).identity

    # People

    def _member(self, login: str, access: Access) -> Account:
        account = self.world.add_account(login)
        self.world.add_member(self.forge.project, account, access)
        return account

    def who(self, login: str) -> Account:
        account = self.world.account(login)
        assert account is not None, login
        return account

    def at(self, clock: str) -> None:
        """Go on to a time of the same day, or to ``2026-11-05 10:00``."""
        day, _, time = clock.rpartition(" ")
        then = datetime.fromisoformat(f"{day or self.forge.clock.now.date()}T{time}:00+00:00")
        assert then >= self.forge.clock.now, "time goes on"
        self.forge.clock.now = then

    def open(self, login: str, title: str, body: str = "", **shape: object) -> None:
        """Open the issue, and look."""
        self.ticket = self.world.open_ticket(
            self.forge.project,
            self.who(login),
            title,
            body,
            **shape,  # type: ignore[arg-type]  # handed through
        )
        self.look()

    def say(self, login: str, text: str) -> Note:
        """Comment, and look."""
        note = self.world.comment(self.ticket, self.who(login), text)
        self.look()
        return note

    def edit(self, note: Note, login: str, text: str) -> None:
        """Change a comment, a minute later, and look."""
        self.forge.clock.forward(60)
        self.world.edit_comment(self.ticket, note, self.who(login), text)
        self.look()

    def delete(self, note: Note) -> None:
        self.world.delete_comment(self.ticket, note, self.who("alice"))
        self.look()

    # The bridge

    def look(self) -> ReconcileResult:
        """Look now; a second look finds nothing to do, and the breaker holds back nothing."""
        look = self.bridge.reconcile(self.ref, self.forge.clock.now, {})
        assert self.bridge.reconcile(self.ref, self.forge.clock.now, {}).changes == ()
        assert self.bridge.standing().held() == ()
        return look

    def crash(self) -> None:
        """Let a look fail; bridges that have just been started go on, and the last finds nothing to do."""
        with pytest.raises(Busy):
            self.bridge.reconcile(self.ref, self.forge.clock.now, {})
        for _ in range(3):
            self.forge.clock.forward(31)
            look = self.bridge_of(self.forge.another()).reconcile(self.ref, self.forge.clock.now, {})
        assert look.changes == ()

    def plans(self) -> tuple[Change, ...]:
        """Return what a bridge that has just been started would do."""
        tracker = self.forge.another()
        return self.bridge_of(tracker).decide(tracker.read(self.ref), self.forge.clock.now).changes

    def rests(self) -> bool:
        """Whether a bridge that has just been started changes nothing; it may ask for what was lacking before."""
        bridge = self.bridge_of(self.forge.another())
        return bridge.reconcile(self.ref, self.forge.clock.now, {}).changes == ()

    # The thread

    @property
    def ours(self) -> dict[str, Note]:
        """The bot's comments by their keys, with logins for the numbers of accounts; none comes twice."""
        logins = {str(one.id): one.login for one in self.world.accounts.values()}
        ours = [note for note in self.ticket.comments if note.author is self.forge.bot]
        found = [(readable(key_of(note.body) or "", logins), note) for note in ours]
        assert len(found) == len(dict(found)), [key for key, _ in found]
        return dict(found)

    @property
    def keys(self) -> set[str]:
        return set(self.ours)

    def text(self, key: str) -> str:
        """Return what one of the bot's comments says, with plain spaces."""
        return self.ours[key].body.replace("\u00a0", " ")

    def card(self, note: Note, login: str) -> str:
        """Return what somebody is told about the roles that a comment gave them; empty without such a comment."""
        found = [key for key in self.keys if is_card(key, note.id, login)]
        return self.text(found[0]) if found else ""

    @property
    def labels(self) -> set[str]:
        return {label.name for label in self.ticket.labels}

    def reactions(self, target: Note | Ticket) -> list[str]:
        """Return the bot's reactions."""
        return [one.name for one in target.reactions if one.account is self.forge.bot]
