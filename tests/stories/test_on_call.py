"""An alert opens an incident at night: who is on call is asked to take it (S98, S99)."""

from tests.contract.forges import Forge
from tests.stories.test_own_settings import Team

ROTA = """
on_call = [
  { who = "carol", service = "checkout" },
  { who = ["dana", "tess"] },
]
"""


def asking(story: Team) -> list[str]:
    """Return the comments that ask somebody to take it, without their last line."""
    return [note.body for key, note in story.ours.items() if key.startswith("nudge:") and "on call" in note.body]


def test_who_is_on_call_for_the_service_is_asked_until_somebody_takes_it(forge: Forge) -> None:
    # On GitLab, accounts do not say whether they are a program's.
    story = Team(forge, alert_accounts=["alertmanager"] if forge.name == "gitlab" else [])
    story.world.add_account("alertmanager", bot=True)
    story.push(ROTA)
    story.open("alertmanager", "p99 above 4 s", labels=["incident", "service:search"])
    [text] = asking(story)
    assert text.startswith("@dana @tess, an alert opened this incident, and you are on call for it.")
    assert "**dana** and **tess** are on call" in story.text("status")

    # Another team's service: others are asked, in a new comment.
    story.forge.clock.forward(60)
    story.world.label(story.ticket, story.who("alice"), "service:checkout")
    story.look()
    [text] = asking(story)
    assert text.startswith("@carol, an alert opened this incident, and you are on call for it.")

    story.forge.clock.forward(60)
    story.say("carol", "/incident claim tech-lead")
    assert asking(story) == []
    assert "on call" not in story.text("status")
    assert story.rests()


def test_nobody_on_call_is_said_and_nobody_is_guessed(forge: Forge) -> None:
    story = Team(forge, alert_accounts=["alertmanager"])
    story.world.add_account("alertmanager", bot=True)
    story.open("alertmanager", "p99 above 4 s", labels=["incident"])
    assert "Nobody is on call for it, so nobody was asked; the setting `on_call` in" in story.text("status")
    story.forge.clock.forward(3 * 3600)
    story.look()
    assert story.keys == {"status"}
