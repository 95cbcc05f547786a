"""
What careless people type, on telephones, in editors and mail programs: each line is heard as it was meant, or is
answered; nothing is half done, and nothing that was said to one audience is recorded for another.
"""

from itertools import islice

from tests.contract.forges import Forge
from tests.stories.story import Story
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.plan import ACKNOWLEDGED

EXTERNAL, INTERNAL = "external: Some logins fail.", "internal: The LDAP master is corrupt."
TOLD = "/incident update external\n> Some logins fail.\n"
SECRET = "update internal\n> The LDAP master is corrupt."

HEARD: dict[str, list[str]] = {
    # Where a message ends
    f"{TOLD}/incident {SECRET}": [EXTERNAL, INTERNAL],
    f"{TOLD}/INC U{SECRET[1:]}": [EXTERNAL, INTERNAL],
    f"{TOLD}@incident-bot, {SECRET}": [EXTERNAL, INTERNAL],
    f"/incident update external\n- Some logins\n- fail.\n/incident {SECRET}": [
        "external: - Some logins - fail.",
        INTERNAL,
    ],
    f"/incident update external: Some logins\nfail.\n/incident {SECRET}": [EXTERNAL, INTERNAL],
    f"/incident update external\n| a |\n|---|\n| b |\n/incident {SECRET}": [
        "external: | a | |---| | b |",
        INTERNAL,
    ],
    f"/incident update external\n<details>\n\nx\n</details>\n/incident {SECRET}": [
        "external: <details> x </details>",
        INTERNAL,
    ],
    "/incident update internal: Mail is late.\n-- \nCarol Jones\n+49 30 1234": ["internal: Mail is late."],
    "/incident update internal\nMail is late.\n\nSent from my iPhone": ["internal: Mail is late."],
    "/incident update internal: Mail is late.\n\nOn Tue, 3 Nov 2026 at 10:02, Bob <b@acme.test> wrote:\n> why?": [
        "internal: Mail is late."
    ],
    "/incident update internal\nMail is late.\n\nAm 03.11.2026 um 10:02 schrieb Bob <bob@acme.test>:\n> warum?": [
        "internal: Mail is late."
    ],
    "/incident update internal\nMail is late.\n\n<!-- linear-sync: 1234 -->": ["internal: Mail is late."],
    # Below everything that one can type
    "> can you take the lead?\n/incident note below a quote": ["note below a quote"],
    "- [x] checked the disk\n  - and the fan\n/incident note below a list": ["note below a list"],
    "| a | b |\n|---|---|\n| 1 | 2 |\n/incident note below a table": ["note below a table"],
    "<details>\n<summary>log</summary>\n\nx\n</details>\n/incident note below details": ["note below details"],
    "```\nlog\n```\n/incident note below code": ["note below code"],
    "On Tue, 3 Nov 2026 at 10:02, Bob <bob@acme.test> wrote:\n> who?\n/incident note below a mail's quote": [
        "note below a mail's quote"
    ],
    # How far a text goes
    "/incident note a\nsecond line": ["note a second line"],
    "/incident note it is\nslow | 08:55\n\nThanks.": ["note it is slow"],
    "/incident note one of\r\ntwo lines\r\n\r\nand more": ["note one of two lines"],
    # Signs of editors
    "/incident note at the end\\": ["note at the end"],
    "/incident note at the end  <br/>": ["note at the end"],
    "\ufeff/incident\u200b note\u00a0a\u00adb": ["note ab"],
    "\u202b/inci\u2068dent note from right to left\u2069\u202c": ["note from right to left"],
    "/incident\u200e:\u200e note a word joined\u2060": ["note a word joined"],
    # Names and colons
    "@incident-bot: note with a colon": ["note with a colon"],
    "@Incident-Bot, note with a comma": ["note with a comma"],
    "/incident: note behind a colon": ["note behind a colon"],
    "/Incident Note In Capitals": ["note In Capitals"],
}
"""What alice says, and what of it stands on the timeline, in its order."""

ANSWERED: dict[str, str] = {
    "/incidents note x": "Try `/incident note x`",
    "/ incident note x": "Try `/incident note x`",
    "/incident-note x": "Try `/incident note x`",
    "/incidnet note x": "Try `/incident note x`",
    "!incident note x": "Try `/incident note x`",
    "@incidentbot note x": "Try `/incident note x`",
    " /incident note x": "Try `/incident note x`",
    "`/incident note x`": "Try `/incident note x`",
    "```\nlog\n/incident note x": "is not closed",
    "/incident notr x": "Try `/incident note x`",
    "-----Original Message-----\nFrom: Bob\nSent: Monday\nTo: "
    "Alice\n\n/incident resolve": "in the quoted part of your mail",
    "ok\n\n________________________________\nVon: Bob <b@acme.test>\nGesendet: Montag\nAn: Alice\n"
    "Betreff: x\n\n/incident resolve": "in the quoted part of your mail",
    "/incident update external: Slow. /incident update internal: The master is corrupt.": "in the middle",
    "/incident note ok /incident resolve": "in the middle",
    "/incident claim lead and scribe": "Try `/incident claim lead`",
    "/incident claim lead for bob": "Try `/incident role lead @bob`",
    "/incident claim scribe please": "Try `/incident claim scribe`",
    "/incident resolve it is over": "is not a time",
    "/incident severity sev2 or sev3": "the severities are",
    "/incident status monitoring and identified": "",
    "/incident show me everything": "Try `/incident show`",
    "/incident export json and csv": "",
    # Lines of ours, copied as they stand
    "/incident role scribe @somebody": "",
    "/incident role scribe @<who>": "",
    "/incident task @who <text>": "",
    "/incident note TEXT": "",
    "/incident note <text>": "",
    "/incident cancel WHY": "",
    "/incident cancel <why>": "",
    "/incident channel main WHERE": "",
    "/incident channel main <where>": "",
    "/incident severity <severity>": "",
    "/incident update external: <text>": "",
    "/incident update external\n> <text>": "",
    "/incident channel main #a, #b": "only one",
    "/incident channel main #a and #b": "only one",
}
"""What she says that is not run, and a part of the answer."""

HALF = {
    f"{TOLD}/incidents {SECRET}": [EXTERNAL],
    f"{TOLD}/incidnet {SECRET}": [EXTERNAL],
    f"{TOLD}/incident upate internal\n> The LDAP master is corrupt.": [EXTERNAL],
    f"{TOLD} /incident {SECRET}": [EXTERNAL],
    "/incident note a\n/incident sevrity sev1\n/incident note b": ["note a", "note b"],
}
"""What holds something of both."""

NOT_HEARD = [
    "Later we write:\n\n```\n/incident resolve\n```\n\nand `/incident resolve`.",
    "> /incident resolve\n\nNo, not yet.",
    "<!-- /incident resolve -->\nNothing new.",
    "I think we should /incident resolve soon.",
    "/incidents/2026/11 has the list",
    "    /incident resolve\n\nwas in the manual",
]


def test_each_line_is_heard_as_it_was_meant_or_is_answered(forge: Forge) -> None:
    story = Story(forge)
    story.open("alice", "Logins fail", "/incident declare\n/incident claim lead")
    story.at("09:05")
    quiet = [story.world.comment(story.ticket, forge.alice, text) for text in NOT_HEARD]
    wrong = []
    every = iter((*HEARD, *HALF, *ANSWERED))
    while texts := list(islice(every, ACKNOWLEDGED)):
        forge.clock.forward(60)
        said = [(text, story.world.comment(story.ticket, forge.alice, text)) for text in texts]
        story.look()
        heard = found(story.bridge.decide(forge.tracker.read(story.ref), forge.clock.now).incident)
        for text, note in said:
            key = f"refusal:{note.id}"
            answer = story.text(key) if key in story.keys else ""
            shown = (heard.get(note.id, []), story.reactions(note), bool(answer))
            if text in HEARD:
                wrong += [] if shown == (HEARD[text], ["+1"], False) else [(text, shown, answer)]
            elif shown != (HALF.get(text, []), ["confused"], True) or ANSWERED.get(text, "") not in answer:
                wrong.append((text, shown, answer))
    assert wrong == []
    assert [story.reactions(note) for note in quiet] == [[]] * len(quiet)
    assert story.ticket.open

    story.bridge = story.bridge_of(forge.another())
    assert story.look().changes == ()


def found(incident: Incident) -> dict[int, list[str]]:
    """Return what was heard, by the number of its comment."""
    heard: dict[int, list[str]] = {}
    told = {one.id: one for one in incident.comms.communications}
    for entry in sorted(incident.timeline, key=lambda one: one.id):
        if entry.kind is Kind.UPDATE:
            words = f"{entry.what}: {' '.join(' '.join(told[entry.id].said).split())}"
        else:
            words = f"{entry.kind} {entry.text}"
        if entry.id:
            heard.setdefault(int(entry.id.partition(".")[0]), []).append(words)
    return heard
