"""An incident reaches out: once each, in words that can be read at 3 a.m., and never more than was meant."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.contract.forges import Forge
from tests.stories.outward import ALL, Noting, Reaching
from tests.stories.story import KEY, RENDERER
from tests.stories.test_own_settings import Team
from tracker_bridge.domain.incident.outward import Kind, Outcome, Sent
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.subscribers import Subscriber
from tracker_bridge.domain.issue.dispatches import LOST
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.reconcile import Bridge
from tracker_bridge.reconcile.outbox import SentHere

MAIL = Subscriber("ops-mail", ALL)
PUBLIC = Subscriber("status-mail", max_text=560)
CHAT = Subscriber("war-room")
WORDS = "Half of all payments fail.\n\nWe know more at 15:00."


def customers(forge: Forge, *destinations: Subscriber) -> Reaching:
    """Return an incident whose customers are told at a destination: by alice, and by dana, who has less access."""
    story = Reaching(forge, *(destinations or (PUBLIC,)))
    story.at("14:05")
    story.open("alice", "Checkout fails for all cards", "/incident declare\n/incident claim lead")
    story.say("alice", "/incident audience external @dana via status-mail")
    return story


def words(story: Reaching) -> list[tuple[Kind, str]]:
    return [(one.kind, one.text) for one in story.messages("status-mail")]


def test_those_who_want_to_hear_are_told_once_each(forge: Forge) -> None:
    story = Reaching(forge, MAIL)
    story.at("14:05")
    story.open("alice", "Checkout fails for all cards", "/incident declare")
    story.at("14:06")
    story.say("alice", "/incident severity sev2")
    story.at("14:20")
    story.say("alice", "/incident severity sev1 all shops")
    story.at("14:30")
    story.say("alice", "/incident status identified an expired certificate")
    story.at("14:31")
    story.say("alice", "/incident severity sev3")
    story.at("15:00")
    story.say("alice", "/incident resolve")
    where = f"({story.ref.project}#{story.ref.number})"
    assert story.subjects() == [
        f"[no severity yet] Checkout fails for all cards {where}: declared",
        f"[SEV2] Checkout fails for all cards {where}: now sev2",
        f"[SEV1] Checkout fails for all cards {where}: now sev1",
        f"[SEV1] Checkout fails for all cards {where}: identified",
        f"[SEV3] Checkout fails for all cards {where}: resolved",
    ]
    assert {one.url for one in story.messages()} == {str(forge.tracker.read(story.ref).url)}
    story.forge.clock.forward(7200)
    story.look()
    assert len(story.courier.given) == 5
    assert story.text("status").count("to `ops-mail`: accepted") == 5


def test_the_first_message_tells_what_somebody_who_was_just_woken_asks(forge: Forge) -> None:
    story = Reaching(forge, MAIL, replace(CHAT, wants=frozenset({Kind.DECLARED}), severities=("sev1",)))
    story.at("14:05")
    said = "declare", "started 13:58", "severity sev1", "impact all shops: nobody can pay", "status identified"
    story.open("bob", "Checkout fails for all cards", "\n".join(f"/incident {one}" for one in said))
    one, other = story.messages()
    assert one.text == (
        "Status: identified\n"
        "What: all shops: nobody can pay\n"
        "Since: 13:58 UTC, 02 Nov 2026\n"
        "Lead: nobody yet; technical: bob\n"
        "Needed now: an Incident Lead"
    )
    assert (other.destination, other.text) == ("war-room", one.text)


@pytest.mark.parametrize("forge", ["local"], indirect=True)
def test_the_examples_of_the_documentation_are_what_is_sent(forge: Forge) -> None:
    story = Reaching(forge, MAIL, CHAT)
    story.at("14:05")
    said = "declare", "started 13:58", "severity sev2", "impact all shops: nobody can pay"
    lines = "\n".join(f"/incident {one}" for one in said)
    story.open("alice", "Checkout fails for all cards", lines, labels=["service:checkout"])
    story.at("14:07")
    story.say("bob", "/incident claim lead\n/incident channel main #inc-checkout\n/incident channel chat war-room")
    story.at("14:12")
    story.say("bob", "/incident severity sev1 every country by now")
    story.at("14:30")
    story.say("alice", "/incident status identified an expired certificate")
    story.at("14:50")
    story.say("alice", "/incident fixed")
    first, worse = (one for one in story.messages("ops-mail") if one.kind in (Kind.DECLARED, Kind.SEVERITY))
    shown = story.messages("war-room")[-1]
    page = (Path(__file__).parents[2] / "docs/notifications.md").read_text("utf-8")
    assert f"```text\nSubject: {first.subject}\n\n{first.text}\n```" in page
    assert f"```text\nSubject: {worse.subject}\n\n{worse.text}\n```" in page
    assert f"```text\n{shown.subject}\n{shown.text}\n```" in page


def test_an_operators_template_that_fails_later_holds_up_nothing(forge: Forge) -> None:
    """Without a title, as check tries it, it ends."""
    endless = "{% macro again(x) %}{{ again(x) if x }}{% endmacro %}{{ again(title) }}"
    story = Reaching(forge, replace(MAIL, templates={Kind.DECLARED: endless}))
    story.open("alice", "Checkout fails for all cards", "/incident declare")
    [subject] = story.subjects()
    assert subject.endswith(": declared")


def test_what_is_done_by_hand_is_told_as_well_and_once(forge: Forge) -> None:
    story = Reaching(forge, MAIL)
    story.at("14:05")
    story.open("alice", "Checkout fails", labels=["incident"])
    story.forge.clock.forward(60)
    story.world.label(story.ticket, story.who("alice"), story.rules.severities[0].label)
    story.look()
    story.forge.clock.forward(60)
    story.say("alice", "/incident note we look")
    story.forge.clock.forward(60)
    story.world.close(story.ticket, story.who("alice"))
    story.look()
    story.forge.clock.forward(60)
    story.world.reopen(story.ticket, story.who("alice"))
    story.look()
    last = [subject.rpartition(": ")[2] for subject in story.subjects()]
    assert last == ["declared", "now sev1", "resolved", "reopened"]


def test_what_was_done_by_hand_before_a_destination_was_there_is_not_told(forge: Forge) -> None:
    story = Reaching(forge)
    story.at("14:05")
    story.open("alice", "Checkout fails", labels=["incident"])
    story.rules = Rules(subscribers=(MAIL,))
    story.bridge = story.bridge_of(forge.another())
    story.forge.clock.forward(60)
    story.say("alice", "/incident note we look")
    assert story.messages() == []
    story.forge.clock.forward(60)
    story.world.label(story.ticket, story.who("alice"), story.rules.severities[0].label)
    story.look()
    assert [one.kind for one in story.messages()] == [Kind.SEVERITY]


def test_it_goes_on_after_all_and_ends_again(forge: Forge) -> None:
    story = Reaching(forge, MAIL)
    story.at("14:05")
    story.open("alice", "Checkout fails", "/incident declare")
    end = story.say("alice", "/incident resolve")
    story.at("14:30")
    story.delete(end)
    story.at("14:40")
    story.say("alice", "/incident resolve")
    story.at("15:00")
    story.say("alice", "/incident reopen it fails again")
    story.say("alice", "/incident resolve")
    last = [subject.rpartition(": ")[2] for subject in story.subjects()]
    assert last == ["declared", "resolved", "reopened", "resolved", "reopened", "resolved"]
    assert "not resolved after all" in story.messages()[2].text


def test_what_is_called_off_is_told_to_those_alone_who_were_told_of_it(forge: Forge) -> None:
    story = Reaching(forge, MAIL, replace(CHAT, wants=ALL, severities=("sev1",)))
    story.at("14:05")
    story.open("alice", "Checkout fails", "/incident declare")
    story.say("alice", "/incident cancel a test of ours")
    assert [(one.destination, one.subject.rpartition(": ")[2]) for one in story.messages()] == [
        ("ops-mail", "declared"),
        ("ops-mail", "called off"),
    ]
    assert "a test of ours" in story.messages()[1].text


def test_what_is_called_off_at_once_is_never_told(forge: Forge) -> None:
    story = Reaching(forge, MAIL)
    story.open("alice", "Checkout fails", "/incident declare\n/incident cancel a test of ours")
    assert story.messages() == []


@pytest.mark.parametrize(
    "other",
    [
        Subscriber("others", ALL, projects=("acme/other", "beta/*")),
        Subscriber("worse", ALL, severities=("sev1", "sev2")),
        Subscriber("nothing"),
    ],
)
def test_nobody_is_told_of_what_they_did_not_ask_for(forge: Forge, other: Subscriber) -> None:
    story = Reaching(forge, other, replace(MAIL, projects=("acme/**", "!acme/secret-*")))
    story.open("alice", "Checkout fails", "/incident declare\n/incident severity sev3")
    story.say("alice", "/incident status identified")
    story.say("alice", "/incident resolve")
    assert {one.destination for one in story.messages()} == {"ops-mail"}


def test_a_drill_is_told_to_those_alone_who_drill(forge: Forge) -> None:
    story = Reaching(forge, MAIL, replace(CHAT, wants=ALL, drills=True))
    story.open("alice", "Checkout fails", "/incident declare --drill")
    [one] = story.messages()
    assert (one.destination, one.subject[:8]) == ("war-room", "[DRILL] ")


def test_nothing_of_a_confidential_incident_goes_out(forge: Forge) -> None:
    if forge.name == "github":
        pytest.skip("GitHub has no confidential issues")
    story = Reaching(forge, MAIL, PUBLIC)
    story.open("alice", "Customer data is public", "/incident declare", confidential=True)
    story.say("alice", "/incident claim lead\n/incident audience external @dana via status-mail")
    story.say("alice", f"/incident update external\n{WORDS}")
    assert "- **external** · " in story.text("status")
    assert "the bridge sends" not in story.text("status")
    story.say("alice", "/incident resolve")
    assert story.messages() == []


def test_of_what_is_run_in_private_only_those_are_told_who_are_meant_by_name(forge: Forge) -> None:
    private = forge.project.path
    named = replace(CHAT, wants=ALL, projects=(f"{forge.name}:{private}",))
    story = Reaching(forge, MAIL, replace(PUBLIC, wants=ALL, projects=("acme/*",)), named, private_project=private)
    story.open("alice", "Customer data is public", "/incident declare")
    assert [one.destination for one in story.messages()] == ["war-room"]


# What audiences are told


def test_an_audience_at_a_destination_is_told_exactly_what_was_said(forge: Forge) -> None:
    story = customers(forge)
    story.at("14:10")
    story.say("dana", f"/incident update external\n{WORDS}")
    [one] = story.messages()
    assert (one.kind, one.text, one.url, one.facts) == (Kind.UPDATE, WORDS, None, None)
    assert one.subject == "Half of all payments fail."
    story.at("14:45")
    story.say("alice", "/incident resolve")
    assert "· update accepted by `status-mail` at 14:10" in story.text("communications")


def test_without_a_destination_nothing_is_sent(forge: Forge) -> None:
    story = customers(forge, MAIL)
    story.say("dana", f"/incident update external\n{WORDS}")
    assert words(story) == []
    assert "to `status-mail`" not in story.text("status")


def test_people_are_told_what_the_bridge_sends(forge: Forge) -> None:
    story = customers(forge)
    assert "**dana** · `status-mail` · the bridge sends to `status-mail`" in story.text("status")
    asked = story.say("dana", "/incident brief external")
    assert "To send it to `status-mail`: `/incident update external` with" in story.text(f"brief:{asked.id}")
    story.at("15:00")
    story.look()
    [nudge] = [
        note.body for key, note in story.ours.items() if key.startswith("nudge:") and "external" in note.body
    ]
    assert "- To send them your words, by `status-mail`: `/incident update external: <text>`" in nudge


def test_words_that_are_mended_are_corrected_and_words_that_are_deleted_withdrawn(forge: Forge) -> None:
    story = customers(forge)
    story.at("14:10")
    note = story.say("dana", "/incident update external: Half of al payments fail.")
    story.edit(note, "dana", "/incident update external: Half of all payments fail.")
    story.edit(note, "dana", "/incident update external: Half of all payments fail.\n\nThanks.")
    story.edit(note, "dana", "/incident update external: Half of al payments fail.")
    story.delete(note)
    assert words(story) == [
        (Kind.UPDATE, "Half of al payments fail."),
        (Kind.CORRECTION, "Half of all payments fail."),
        (Kind.CORRECTION, "Half of al payments fail."),
        (Kind.CORRECTION, "It no longer applies."),
    ]
    said = "our message of 14:10 UTC, 02 Nov 2026"
    assert story.subjects()[1:] == [f"Correction of {said}", f"Correction of {said}", f"Withdrawn: {said}"]


def test_a_lower_severity_withdraws_nothing_and_what_was_read_is_corrected_all_the_same(forge: Forge) -> None:
    story = Reaching(forge, Subscriber("status-mail", audiences=frozenset({"external"}), severities=("sev1",)))
    story.at("14:05")
    story.open("alice", "Checkout fails for all cards", "/incident declare\n/incident severity sev1")
    story.say("alice", "/incident audience external @dana")
    said = story.say("dana", f"/incident update external: {WORDS}")
    story.at("14:20")
    story.say("alice", "/incident severity sev3")
    assert [kind for kind, _ in words(story)] == [Kind.UPDATE]
    story.edit(said, "dana", "/incident update external: A third of all payments fail.")
    assert [kind for kind, _ in words(story)] == [Kind.UPDATE, Kind.CORRECTION]
    story.say("dana", "/incident update external: All is well again.")
    assert len(words(story)) == 2


def test_other_settings_withdraw_nothing_and_an_edit_for_other_people_does(forge: Forge) -> None:
    story = Reaching(forge, Subscriber("status-mail", audiences=frozenset({"external"})))
    story.at("14:05")
    story.open("alice", "Checkout fails for all cards", "/incident declare\n/incident audience external @dana")
    said = story.say("dana", "/incident update external: Half of all payments fail.")
    story.rules = Rules(subscribers=(PUBLIC,))
    story.bridge = story.bridge_of(forge.another())
    story.look()
    assert [kind for kind, _ in words(story)] == [Kind.UPDATE]
    story.edit(said, "alice", "/incident note half of all payments fail")
    assert [kind for kind, _ in words(story)] == [Kind.UPDATE, Kind.CORRECTION]


def test_a_mistake_in_an_edit_withdraws_nothing(forge: Forge) -> None:
    story = customers(forge)
    story.at("14:10")
    note = story.say("dana", "/incident update external: Half of all payments fail.")
    story.edit(note, "dana", "/incident update extrenal: Half of all payments fail.")
    assert len(words(story)) == 1


def test_what_would_be_cut_is_refused_and_sent_once_it_fits(forge: Forge) -> None:
    story = customers(forge)
    note = story.say("dana", f"/incident update external\n{'x' * 512}")
    assert words(story) == []
    refusal = story.text(f"refusal:{note.id}")
    assert "`status-mail` takes at most 500 characters, and this has 512: 12 too many." in refusal
    story.edit(note, "dana", f"/incident update external\n{'x' * 500}")
    assert words(story) == [(Kind.UPDATE, "x" * 500)]


def test_to_speak_to_an_audience_takes_write_access_or_its_role(forge: Forge) -> None:
    story = customers(forge)
    erin = story._member("erin", Access.TRIAGE)
    story.say(erin.login, "/incident claim lead")
    note = story.say(erin.login, "/incident update external: All is well.")
    assert words(story) == []
    assert "`update` needs write access to this project, or a role" in story.text(f"refusal:{note.id}")
    story.say(erin.login, "/incident update internal: All is well.")
    assert len(story.ticket.comments) > 0
    story.say("carol", "/incident claim lead")
    story.say("carol", "/incident update external: All is well.")
    assert words(story) == [(Kind.UPDATE, "All is well.")]


def test_what_was_told_elsewhere_before_is_recorded_alone(forge: Forge) -> None:
    story = customers(forge)
    story.at("14:40")
    story.say("dana", "/incident update external at 14:20: Half of all payments fail.")
    story.say("dana", "/incident update external via phone --now they called: It goes on.")
    assert words(story) == []


def test_what_failed_is_said_and_sent_again_when_it_is_edited(forge: Forge) -> None:
    story = customers(forge)
    story.courier.answers["status-mail"] = Sent(Outcome.FAILED, "answered 404")
    note = story.say("dana", "/incident update external: All is well.")
    assert "14:05 update: `status-mail` did not get it (answered 404). Tell them another way" in story.text(
        "status"
    )
    del story.courier.answers["status-mail"]
    story.edit(note, "dana", "/incident update external: All is well again.")
    assert words(story)[1] == (Kind.UPDATE, "All is well again.")
    assert "did not get it" not in story.text("status")


def test_what_is_unknown_is_said_and_not_sent_again(forge: Forge) -> None:
    story = customers(forge)
    story.courier.answers["status-mail"] = Sent(Outcome.UNKNOWN, "no answer in 10 s")
    story.say("dana", "/incident update external: All is well.")
    assert "it is unknown whether `status-mail` got it (no answer in 10 s)" in story.text("status")
    story.forge.clock.forward(3600)
    story.look()
    assert len(words(story)) == 1


def test_a_projects_own_settings_name_a_destination_that_it_may_use_and_no_address(forge: Forge) -> None:
    address = "ntfy+https://ntfy.example.org/t0p1c"
    rows = [
        {"name": "customers", "address": address, "projects": [forge.project.path]},
        {"name": "others", "address": address, "projects": ["acme/other"]},
    ]
    story = Team(forge, notify=rows)
    courier = story.courier = Noting()
    courier.answers["customers"] = None
    story.bridge = story.bridge_of(forge.another())
    story.push("[[when]]\nsay = ['audience external via customers', 'audience management via others']\n")
    story.open("alice", "Checkout fails", "/incident declare\n/incident claim lead")
    story.say("alice", "/incident update external, management: All is well.")
    assert [(one.destination, one.text) for one, _ in courier.given] == [("customers", "All is well.")]
    story.push(f"[[notify]]\nname = 'mine'\naddress = '{address}'\n")
    story.say("alice", "/incident note we wait")
    assert "can only be set by the operator" in story.text("settings")
    assert "t0p1c" not in story.text("settings")


# What is lost


def test_a_destination_that_is_added_later_hears_only_what_comes_after(forge: Forge) -> None:
    story = customers(forge)
    story.say("dana", "/incident update external: All is well.")
    story.rules = Rules(subscribers=(MAIL, PUBLIC))
    story.bridge = story.bridge_of(forge.another())
    story.at("14:10")
    story.look()
    story.say("alice", "/incident note we wait")
    assert story.messages("ops-mail") == []
    story.say("alice", "/incident status identified")
    assert [one.kind for one in story.messages("ops-mail")] == [Kind.PHASE]


def test_an_incident_that_is_old_when_it_is_seen_first_is_not_told(forge: Forge) -> None:
    story = Reaching(forge, MAIL)
    story.at("10:00")
    story.ticket = story.world.open_ticket(
        forge.project, story.who("alice"), "Checkout fails", "/incident declare"
    )
    story.at("11:30")
    story.look()
    assert story.messages() == []
    story.say("alice", "/incident resolve")
    assert [one.kind for one in story.messages()] == [Kind.RESOLVED]


@pytest.mark.parametrize(("minutes", "again"), [(20, []), (10, [Kind.DECLARED])])
def test_lost_receipts_repeat_nothing_that_is_older_than_a_quarter_of_an_hour(
    forge: Forge, minutes: int, again: list[Kind]
) -> None:
    story = customers(forge, MAIL, PUBLIC)
    story.say("dana", "/incident update external: All is well.")
    story.forge.clock.forward(minutes * 60)
    story.world.delete_comment(story.ticket, story.ours["status"], story.who("alice"))
    story.courier, before = Noting(), story.courier
    story.bridge = story.bridge_of(forge.another())
    story.look()
    assert [one.kind for one in story.messages()] == again
    assert len(before.given) == 2


def test_a_process_that_lives_repeats_nothing_when_receipts_are_lost(forge: Forge) -> None:
    story = customers(forge, MAIL, PUBLIC)
    story.say("dana", "/incident update external: All is well.")
    story.forge.clock.forward(60)
    story.world.delete_comment(story.ticket, story.ours["status"], story.who("alice"))
    story.look()
    assert len(story.courier.given) == 2
    assert "14:05 update to `status-mail`: accepted" in story.text("status")


def test_what_a_killed_process_was_about_to_send_is_unknown_after_a_while(forge: Forge) -> None:
    story = customers(forge)
    story.courier.answers["status-mail"] = None
    story.say("dana", "/incident update external: All is well.")
    story.courier, before = Noting(), story.courier
    story.bridge = story.bridge_of(forge.another())
    story.forge.clock.forward(60)
    story.look()
    assert "14:05 update to `status-mail`: under way" in story.text("status")
    story.forge.clock.forward(900)
    assert story.bridge.reconcile(story.ref, story.forge.clock.now, {}).lost == ("status-mail",)
    assert f"it is unknown whether `status-mail` got it ({LOST})" in story.text("status")
    assert (len(before.given), len(story.courier.given)) == (1, 0)
    assert story.bridge.reconcile(story.ref, story.forge.clock.now, {}).lost == ()


def test_what_a_service_knows_again_is_sent_again_by_the_next_process_while_it_is_so(forge: Forge) -> None:
    pager = Subscriber("records", ALL, repeats=True)
    story = Reaching(forge, pager)
    story.courier.answers["records"] = None
    story.at("14:05")
    story.open("alice", "Checkout fails", "/incident declare")
    story.courier, before = Noting(), story.courier
    story.bridge = story.bridge_of(forge.another())
    story.forge.clock.forward(60)
    story.look()
    assert story.messages() == []
    woken = story.bridge.reconcile(story.ref, forge.clock.now, {}).next_at
    assert woken is not None
    forge.clock.now = woken
    story.look()
    assert [one.key for one in story.messages()] == [one.key for one, _ in before.given] == ["declared.0"]
    assert "declared to `records`: accepted" in story.text("status")


def test_two_hosts_send_once_although_one_of_them_reads_what_was_a_moment_ago(forge: Forge) -> None:
    story = customers(forge)
    sent, rules = SentHere(forge.clock.seconds), {forge.tracker.name: story.rules}
    first, second = Noting(), Noting()
    trackers = forge.another(), forge.another()
    one, other = (
        Bridge({tracker.name: tracker}, rules, RENDERER, keys=[KEY], sent=sent, courier=courier)
        for tracker, courier in zip(trackers, (first, second), strict=True)
    )
    story.world.comment(story.ticket, story.who("dana"), "/incident update external: All is well.")
    stale = trackers[1].read(story.ref)
    one.reconcile(story.ref, forge.clock.now, {})
    trackers[1].read = lambda *_, **__: stale  # type: ignore[method-assign]  # a replica that lags
    other.reconcile(story.ref, forge.clock.now, {})
    assert (len(first.given), len(second.given)) == (1, 0)
    one.reconcile(story.ref, forge.clock.now, {})
    assert "update to `status-mail`: accepted" in story.text("status")


# The mirror


def test_the_chat_shows_the_status_when_it_changes_and_once_a_minute_at_most(forge: Forge) -> None:
    story = Reaching(forge, CHAT)
    story.courier.answers["war-room"] = Sent(Outcome.DELIVERED, handle="C1:1.5")
    story.at("14:05")
    story.open("alice", "Checkout fails", "/incident declare\n/incident severity sev2")
    story.say("alice", "/incident channel chat war-room")
    story.say("alice", "/incident severity sev1")
    story.say("alice", "/incident claim lead")
    assert [one.subject.partition(" ")[0] for one in story.messages()] == ["[SEV2]"]
    woken = story.bridge.reconcile(story.ref, forge.clock.now, {}).next_at
    assert woken is not None
    forge.clock.now = woken
    story.look()
    story.forge.clock.forward(3600)
    story.look()
    assert [(one.subject[:6], handle) for one, handle in story.courier.given] == [
        ("[SEV2]", None),
        ("[SEV1]", "C1:1.5"),
    ]
    assert "Lead: alice (incident and technical)" in story.messages()[1].text


def test_what_customers_read_never_shows_the_status(forge: Forge) -> None:
    story = customers(forge)
    story.say("alice", "/incident channel chat status-mail")
    assert story.messages() == []
