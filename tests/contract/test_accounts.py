"""Whose a name is: a person's, a bot's, a team's, or nobody's; the same question on every forge."""

import pytest

from tests.contract.forges import Forge, Needs
from tracker_bridge.domain.issue.issue import IssueRef, Person
from tracker_bridge.sandbox.faults import Cut, Fault, FaultResponse
from tracker_bridge.sandbox.world import Account
from tracker_bridge.trackers import Accounts, Busy, Denied, Doubtful, Teams


def whose(forge: Forge, login: str) -> Person | None:
    assert isinstance(forge.tracker, Accounts)
    return forge.tracker.account(IssueRef(forge.name, forge.project.path, 1), login)


def of(account: Account, *, bot: bool = False) -> Person:
    return Person(account.id, account.login, bot=bot)


@pytest.mark.parametrize("typed", ["alice", "ALICE", "aLice"])
def test_a_person_is_found_as_the_forge_spells_the_name(forge: Forge, typed: str) -> None:
    assert whose(forge, typed) == of(forge.alice)


@pytest.mark.parametrize("login", ["x", "a-b", "octo_acme", "x" * 39, "q" * 30 + "_acme"])
def test_names_of_every_shape_are_found(forge: Forge, login: str) -> None:
    assert whose(forge, login) is None
    forge.world.add_account(f"{login}2")

    assert whose(forge, f"{login}2") == of(forge.world.accounts[max(forge.world.accounts)])


@pytest.mark.parametrize("login", ["dana.smith", "_x_", "a.b-c_d", "x" * 200])
def test_names_that_only_some_forges_have(forge: Forge, login: str) -> None:
    account = forge.world.add_account(login)

    assert whose(forge, login) == (None if forge.name == "github" else of(account))


def test_there_is_nobody_of_a_part_of_a_name(forge: Forge) -> None:
    forge.world.add_account("danasmith")

    assert whose(forge, "dana") is None
    assert whose(forge, "danasmith2") is None


def test_a_bot_is_told_from_people(forge: Forge) -> None:
    forge.world.add_account("renovate", bot=True)

    found, ours = whose(forge, "renovate"), whose(forge, forge.bot.login)

    assert found is not None
    assert found.bot
    assert ours == of(forge.bot, bot=True)


def test_a_team_is_one_and_has_no_number(forge: Forge) -> None:
    forge.world.add_team("acme/on-call")

    assert whose(forge, "Acme/On-Call") == Person(0, "acme/on-call", team=True)


def test_a_team_that_is_not_there_is_none(forge: Forge) -> None:
    forge.world.add_team("acme/on-call")

    assert whose(forge, "acme/oncall") is None
    assert whose(forge, "babel/core") is None


@pytest.mark.parametrize("lacking", ["teams"])
def test_a_team_of_the_owner_passes_where_teams_are_hidden(forge: Forge) -> None:
    assert whose(forge, "acme/on-call") == Person(0, "acme/on-call", team=True)
    assert whose(forge, "babel/core") is None


def test_a_group_of_groups_is_a_team_on_gitlab(forge: Forge) -> None:
    if forge.name == "github":
        pytest.skip("github has no groups")
    forge.world.add_team("acme/platform/sre")
    forge.world.add_team("platform")

    assert whose(forge, "acme/platform/sre") == Person(0, "acme/platform/sre", team=True)
    assert whose(forge, "platform") == Person(0, "platform", team=True)


def test_an_organisation_is_nobody_on_github(forge: Forge) -> None:
    if forge.name != "github":
        pytest.skip("only github has organisations")

    assert whose(forge, "acme") is None


def test_a_renamed_account_is_found_under_its_new_name_only(forge: Forge) -> None:
    forge.world.rename_account(forge.alice, "alicia")

    assert whose(forge, "alice") is None
    assert whose(forge, "alicia") == of(forge.alice)


def test_a_deleted_account_is_nobody_and_what_it_wrote_stays(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.bob, "API down")
    note = forge.world.comment(ticket, forge.bob, "Looking.")
    forge.world.delete_account(forge.bob)

    issue = forge.tracker.read(forge.ref(ticket))

    assert whose(forge, "bob") is None
    assert (issue.author, issue.comments[0].author) == (Person(0, "ghost"), Person(0, "ghost"))
    assert issue.comments[0].id == note.id


def test_answers_are_remembered_and_none_for_a_shorter_time(forge: Forge, needs: Needs) -> None:
    needs("http")
    now = 1_800_000_000.0
    forge.tracker = forge.another(lambda: now)

    def asked() -> int:
        forge.sandbox.requests.clear()
        whose(forge, "alice")
        whose(forge, "zoe")
        return len({request.query or request.path for request in forge.sandbox.requests})

    first = asked()
    assert asked() == 0
    now += 61.0
    assert 0 < asked() < first
    now += 540.0
    assert asked() == first


@pytest.mark.parametrize("fault", [FaultResponse(502), FaultResponse(429), Cut()], ids=repr)
def test_trouble_is_no_answer(forge: Forge, needs: Needs, fault: Fault) -> None:
    needs("http")
    forge.sandbox.faults.add(fault, times=10)

    with pytest.raises(Busy):
        whose(forge, "zoe")


def test_a_refusal_is_no_answer(forge: Forge, needs: Needs) -> None:
    needs("http")
    forge.sandbox.faults.add(FaultResponse(403), times=10)
    forge.tracker = forge.another(forge.clock.seconds)

    with pytest.raises(Doubtful):  # it may pass
        whose(forge, "zoe")
    forge.clock.forward(10)
    with pytest.raises(Denied):
        whose(forge, "zoe")


def test_a_name_is_one_part_of_an_address(forge: Forge, needs: Needs) -> None:
    needs("http")
    for login in ("..", "../user", "a?b", "alice/../alice", "%61lice", "acme/..", "acme/%2e%2e", "a#b", "alice "):
        assert whose(forge, login) is None


def members(forge: Forge, team: str) -> list[str] | None:
    """Return the logins of who is in a team."""
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Down")
    assert isinstance(forge.tracker, Teams)
    found = forge.tracker.members(forge.ref(ticket), team)
    return None if found is None else [one.login for one in found]


def test_who_is_in_a_team_is_told(forge: Forge) -> None:
    """S11."""
    forge.world.add_team("acme/on-call")
    forge.world.add_to_team("acme/on-call", forge.tess)
    forge.world.add_to_team("acme/on-call", forge.rita)
    assert members(forge, "acme/on-call") == ["tess", "rita"]


@pytest.mark.parametrize("lacking", ["teams"])
def test_who_is_in_a_team_is_not_known_where_teams_are_hidden(forge: Forge) -> None:
    forge.world.add_team("acme/on-call")
    assert members(forge, "acme/on-call") is None


def test_a_team_that_is_not_there_has_no_members(forge: Forge) -> None:
    assert members(forge, "acme/on-call") is None
