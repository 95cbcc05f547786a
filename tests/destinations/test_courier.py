"""Carrying messages: nothing twice that must not be, nothing lost, nobody held up by others."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.destinations.conftest import FACTS, MESSAGE, SECRETS, message, reached
from tests.destinations.receiver import answer, hang, receiving, reset
from tests.examples import examples
from tracker_bridge.destinations.attempts import Again, Attempt, delivered, failed, unknown
from tracker_bridge.destinations.courier import Courier
from tracker_bridge.destinations.http import Limits
from tracker_bridge.destinations.lane import FULL, GIVEN_UP, LATE, MOST_WAITING, OVER, STOPPED
from tracker_bridge.destinations.opening import opened
from tracker_bridge.domain.incident.outward import Kind, Message
from tracker_bridge.domain.issue.dispatches import Outcome, Sent
from tracker_bridge.domain.issue.issue import IssueRef

REF = IssueRef.parse(MESSAGE.thread)
PATIENT = 30.0


class Clock:
    """Nobody waits: whoever would, moves the time on."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, changed: threading.Condition, seconds: float | None) -> None:
        if seconds is None:
            changed.wait()
        else:
            self.pauses.append(seconds)
            self.now += seconds


class Scripted:
    """A destination that answers as it is told, the last answer for good."""

    service, max_text, can_edit, can_dedup = "scripted", 1000, False, False

    def __init__(self, *attempts: Attempt | Callable[[], Attempt], name: str = "chat") -> None:
        self.name = name
        self._attempts = [*attempts]
        self.given: list[Message] = []

    def send(self, message: Message, handle: str | None) -> Attempt:
        self.given.append(message)
        found = self._attempts.pop(0) if len(self._attempts) > 1 else self._attempts[0]
        return found() if callable(found) else found


class Gate:
    """Holds an attempt until it is opened."""

    def __init__(self, then: Attempt) -> None:
        self.entered, self.open, self._then = threading.Event(), threading.Event(), then

    def __call__(self) -> Attempt:
        self.entered.set()
        assert self.open.wait(PATIENT)
        return self._then


@contextmanager
def carrying(*destinations: Scripted) -> Iterator[tuple[Courier, Clock]]:
    clock = Clock()
    courier = Courier(destinations, clock=clock, wait=clock.wait)
    yield courier, clock
    courier.stop(0)


def came(courier: Courier, key: str = MESSAGE.key, destination: str = "chat") -> Sent | None:
    return courier.outcomes(REF).get((destination, key))


def test_what_is_delivered_is_known_by_destination_and_key() -> None:
    with carrying(Scripted(delivered("C1:2"))) as (courier, _):
        courier.submit(MESSAGE, None)
        assert courier.rest(PATIENT)
        assert courier.outcomes(REF) == {("chat", "declared:chat"): Sent(Outcome.DELIVERED, handle="C1:2")}
        assert courier.outcomes(IssueRef("github", "acme/api", 1)) == {}


def test_a_message_is_carried_once_whoever_submits_it_again() -> None:
    gate = Gate(delivered())
    destination = Scripted(gate)
    with carrying(destination) as (courier, _):
        courier.submit(MESSAGE, None)
        courier.submit(MESSAGE, None)
        gate.open.set()
        assert courier.rest(PATIENT)
        courier.submit(MESSAGE, None)
        assert courier.rest(PATIENT)
    assert destination.given == [MESSAGE]


def test_what_failed_for_certain_is_tried_again_with_pauses_that_double() -> None:
    attempts = [Again("answered 503")] * 9
    destination = Scripted(*attempts, delivered())
    with carrying(destination) as (courier, clock):
        courier.submit(MESSAGE, None)
        assert courier.rest(PATIENT)
        assert came(courier) == delivered()
    assert clock.pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_service_that_says_when_is_not_asked_earlier() -> None:
    with carrying(Scripted(Again("answered 429", 100.0), delivered())) as (courier, clock):
        courier.submit(MESSAGE, None)
        assert courier.rest(PATIENT)
    assert clock.pauses == [100.0]


@pytest.mark.parametrize("after", [None, 5000.0])
def test_what_fails_for_ten_minutes_is_given_up(after: float | None) -> None:
    with carrying(Scripted(Again("answered 503", after))) as (courier, clock):
        courier.submit(MESSAGE, None)
        assert courier.rest(PATIENT)
        assert came(courier) == failed("answered 503; given up")
        assert clock.now < GIVEN_UP


def test_what_waited_for_ten_minutes_behind_others_is_given_up() -> None:
    destination = Scripted(unknown("no answer in 10 s"))
    with carrying(destination) as (courier, clock):

        def slowly() -> Attempt:
            clock.now += 250
            return unknown("no answer in 10 s")

        gate = Gate(unknown("no answer in 10 s"))
        destination._attempts[:] = [gate, slowly]
        for number in range(5):
            courier.submit(replace(MESSAGE, key=f"update.{number}"), None)
        gate.open.set()
        assert courier.rest(PATIENT)
        assert came(courier, "update.3") == unknown("no answer in 10 s")
        assert came(courier, "update.4") == failed(LATE)
    assert len(destination.given) == 4


def test_what_may_have_arrived_once_is_not_called_a_failure() -> None:
    doubtful = Again("no answer in 10 s", doubtful=True)
    with carrying(Scripted(doubtful, Again("the connection was refused"))) as (courier, _):
        courier.submit(MESSAGE, None)
        assert courier.rest(PATIENT)
        assert came(courier) == unknown("the connection was refused; given up")


@pytest.mark.parametrize("final", [failed("answered 404"), unknown("no answer in 10 s")])
def test_what_is_final_is_not_tried_again(final: Sent) -> None:
    destination = Scripted(final)
    with carrying(destination) as (courier, _):
        courier.submit(MESSAGE, None)
        assert courier.rest(PATIENT)
        assert came(courier) == final
    assert len(destination.given) == 1


def test_messages_arrive_in_their_order() -> None:
    destination = Scripted(Again("answered 503"), Again("answered 503"), delivered())
    with carrying(destination) as (courier, _):
        for number in range(5):
            courier.submit(message(key=f"k{number}"), None)
        assert courier.rest(PATIENT)
    assert [one.key for one in destination.given] == ["k0", "k0", "k0", "k1", "k2", "k3", "k4"]


def test_nobody_is_woken_by_a_page_that_ended_before_it_could_be_sent() -> None:
    gate = Gate(Again("answered 503"))
    destination = Scripted(gate, delivered())
    with carrying(destination) as (courier, _):
        courier.submit(message(kind=Kind.PAGE, key="page.0"), None)
        assert gate.entered.wait(PATIENT)
        courier.submit(message(kind=Kind.PAGE, key="page.0", thread="github:acme/api#7"), None)
        courier.submit(message(kind=Kind.ACKNOWLEDGED, key="acknowledged.0"), None)
        again = replace(FACTS, epoch=1)
        courier.submit(message(kind=Kind.PAGE, key="page.1", facts=again), None)
        courier.submit(message(kind=Kind.PAGE_OVER, key="page-over.0"), None)
        gate.open.set()
        assert courier.rest(PATIENT)
        assert came(courier, "page.0") == failed(f"answered 503; {OVER}")
        assert came(courier, "acknowledged.0") == failed(OVER)
        assert came(courier, "page-over.0") == delivered()
    seven = "github:acme/api#7"
    assert [(one.key, one.thread == seven) for one in destination.given] == [
        ("page.0", False),
        ("page.0", True),
        ("page.1", False),
        ("page-over.0", False),
    ]


def test_what_is_wrong_with_a_client_of_ours_ends_nothing() -> None:
    def broken() -> Attempt:
        raise KeyError("https://secret.example.org/token")

    with carrying(Scripted(broken, delivered())) as (courier, _):
        courier.submit(MESSAGE, None)
        courier.submit(message(key="next"), None)
        assert courier.rest(PATIENT)
        assert came(courier) == unknown("an unexpected error")
        assert came(courier, "next") == delivered()


def test_whoever_is_told_of_a_message_and_fails_ends_nothing() -> None:
    def fails(*_: object) -> None:
        raise KeyError("nobody knows")

    clock = Clock()
    courier = Courier([Scripted(delivered())], fails, clock=clock, wait=clock.wait)
    courier.submit(MESSAGE, None)
    courier.submit(message(key="next"), None)
    assert courier.rest(PATIENT)
    assert came(courier, "next") == delivered()
    courier.stop(0)


def test_what_is_logged_names_no_address(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Attempt:
        raise KeyError("https://secret.example.org/token")

    with carrying(Scripted(broken, failed("answered 404"))) as (courier, _):
        courier.submit(MESSAGE, None)
        courier.submit(message(key="next"), None)
        assert courier.rest(PATIENT)
    assert "github:acme/api#42: a message to chat: failed, answered 404" in caplog.text
    assert "secret.example.org" not in caplog.text


def test_no_more_wait_than_there_is_room_for() -> None:
    gate = Gate(delivered())
    with carrying(Scripted(gate)) as (courier, _):
        for number in range(MOST_WAITING + 1):
            courier.submit(message(key=f"k{number}"), None)
        assert came(courier, f"k{MOST_WAITING}") == failed(FULL)
        [waits] = courier.underway()
        assert (waits.destination, waits.messages) == ("chat", MOST_WAITING)
        gate.open.set()


def test_where_there_is_no_such_destination_nothing_waits() -> None:
    with carrying(Scripted(delivered())) as (courier, _):
        courier.submit(message(destination="gone"), None)
        assert came(courier, destination="gone") == failed("there is no such destination")


ATTEMPTS = st.sampled_from(
    [
        delivered(),
        failed("answered 404"),
        unknown("no answer in 10 s"),
        Again("answered 503"),
        Again("answered 429", 30.0),
        Again("no answer in 10 s", doubtful=True),
    ]
)


@examples(30)
@given(attempts=st.lists(ATTEMPTS, min_size=1, max_size=12), count=st.integers(1, 6))
def test_of_each_message_one_thing_becomes_known_and_then_it_is_not_sent_again(
    attempts: list[Attempt], count: int
) -> None:
    told: list[str] = []
    done: dict[str, Sent] = {}
    clock = Clock()

    def known(message: Message, sent: Sent) -> None:
        told.append(message.key)
        done[message.key] = sent

    class Checked(Scripted):
        def send(self, message: Message, handle: str | None) -> Attempt:
            assert message.key not in done
            return super().send(message, handle)

    destination = Checked(*attempts)
    courier = Courier([destination], known, clock=clock, wait=clock.wait)
    keys = [f"k{number}" for number in range(count)]
    for key in keys:
        courier.submit(message(key=key), None)
    assert courier.rest(PATIENT)
    courier.stop(PATIENT)
    assert told == keys
    assert all(key in {one.key for one in destination.given} for key in keys)


# Stopping


def test_what_waits_when_the_bridge_stops_is_told_not_to_have_been_sent() -> None:
    gate = Gate(delivered())
    destination = Scripted(gate)
    told: list[tuple[str, Sent]] = []
    courier = Courier([destination], lambda message, sent: told.append((message.key, sent)))
    courier.submit(MESSAGE, None)
    courier.submit(message(key="next"), None)
    assert gate.entered.wait(PATIENT)
    gate.open.set()
    courier.stop(PATIENT)
    courier.submit(message(key="late"), None)
    assert sorted(told, key=lambda one: one[0]) == [
        ("declared:chat", delivered()),
        ("late", failed(STOPPED)),
        ("next", failed(STOPPED)),
    ]
    assert destination.given == [MESSAGE]


def test_an_attempt_that_does_not_end_does_not_hold_up_the_end() -> None:
    gate = Gate(delivered())
    courier = Courier([Scripted(gate)])
    courier.submit(MESSAGE, None)
    assert gate.entered.wait(PATIENT)
    courier.stop(0)
    assert courier.outcomes(REF) == {}  # nothing is known of it, and nothing is said
    gate.open.set()


def test_what_was_tried_in_doubt_is_unknown_when_the_bridge_stops() -> None:
    gate = Gate(Again("no answer in 10 s", doubtful=True))
    courier = Courier([Scripted(gate)])
    courier.submit(MESSAGE, None)
    assert gate.entered.wait(PATIENT)
    stopping = threading.Thread(target=courier.stop, args=(PATIENT,))
    stopping.start()
    courier.submit(message(key="probe"), None)
    gate.open.set()
    stopping.join(PATIENT)
    assert courier.rest(PATIENT)
    found = came(courier)
    assert found is not None
    assert found.outcome is Outcome.UNKNOWN


# Real receivers


def test_six_receivers_that_hang_do_not_hold_up_the_others() -> None:
    """They would hang for the whole test: good ones are done before any of them was given up."""
    with ExitStack() as stack:
        hanging = [stack.enter_context(receiving(hang)) for _ in range(6)]
        good = stack.enter_context(receiving(answer()))
        limits = Limits(connect=PATIENT, answer=PATIENT)
        everyone = [
            opened(reached(f"webhook+{one.url}/", SECRETS["webhook"], name=f"d{number}"), limits)
            for number, one in enumerate([*hanging, good])
        ]
        done = threading.Semaphore(0)
        courier = Courier(everyone, lambda _message, _sent: done.release())
        for number in range(6):
            courier.submit(message(destination=f"d{number}"), None)
        for one in hanging:
            one.wait()
        for number in range(20):
            courier.submit(message(destination="d6", key=f"k{number}"), None)
        for _ in range(20):
            assert done.acquire(timeout=PATIENT)
        assert len(good.requests) == 20
        assert {name for name, _ in courier.outcomes(REF)} == {"d6"}
        courier.stop(0)


def test_whatever_goes_wrong_in_between_a_known_message_arrives() -> None:
    """A webhook's receiver knows what it has: it is tried until it says so, and the id stays the same."""
    troubles = [
        answer(503),
        reset(),
        reset(b"HTTP/1.1 200 OK\r\nContent-"),
        answer(500),
        answer(429, Retry_After="1"),
    ]
    with receiving(*troubles, answer(204, "")) as receiver:
        clock = Clock()
        there = opened(reached(f"webhook+{receiver.url}/", SECRETS["webhook"]))
        courier = Courier([there], clock=clock, wait=clock.wait)
        courier.submit(MESSAGE, None)
        assert courier.rest(PATIENT)
        assert came(courier) == delivered()
        courier.stop(PATIENT)
    assert len(receiver.requests) == 6
    assert len({one.headers["webhook-id"] for one in receiver.requests}) == 1


def test_a_chat_hears_nothing_twice_when_an_answer_breaks_off() -> None:
    with receiving(answer(429, Retry_After="30"), answer(503), reset(), answer()) as receiver:
        clock = Clock()
        courier = Courier([opened(reached(f"slack+{receiver.url}/services/T/B/X"))], clock=clock, wait=clock.wait)
        courier.submit(MESSAGE, None)
        assert courier.rest(PATIENT)
        assert came(courier) == unknown("the connection broke before an answer came")
        courier.stop(PATIENT)
    assert len(receiver.requests) == 3
    assert clock.pauses == [30.0, 2.0]
