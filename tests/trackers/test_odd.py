"""One odd thing in an answer costs itself, not the whole issue."""

import json
import logging

import pytest
from pydantic import BaseModel, TypeAdapter

from tracker_bridge.trackers import Busy
from tracker_bridge.trackers._odd import Oddities, mended, validated
from tracker_bridge.trackers.doubts import APART


class Text(BaseModel):
    text: str


SHAPE = TypeAdapter(list[Text])


@pytest.mark.parametrize(
    ("spelled", "read"),
    [
        (r"a \ud83d b", "a \ufffd b"),
        (r"\uDE92 alone", "\ufffd alone"),
        (r"\ud83d\ude92 whole", "🚒 whole"),
        (r"\ud83d\ude92 and \ud83d", "🚒 and \ufffd"),
        (r"\\ud83d", r"\ud83d"),
    ],
)
def test_half_a_character_is_replaced_and_whole_ones_stay(spelled: str, read: str) -> None:
    text = f'[{{"text": "{spelled}"}}]'

    assert [one.text for one in validated(SHAPE, text)] == [read]
    assert [one.text for one in validated(SHAPE, text.encode())] == [read]


@pytest.mark.parametrize("text", ["", "[", "{}", r'[{"text": "\ud800"', r'{"\ud800": 1}', "[" * 100_000, '"\\ud'])
def test_what_is_not_of_that_shape_stays_an_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whichever
        validated(SHAPE, text)


def test_keys_are_mended_as_well() -> None:
    assert mended(json.loads(r'{"\ud800": ["\ud800", 1, null]}')) == {"\ufffd": ["\ufffd", 1, None]}


def test_an_odd_element_is_passed_over_when_it_stays_so_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    now = [100.0]
    oddities = Oddities(lambda: now[0])
    odd = {"id": 7, "body": None}
    for step in (0.0, APART / 2):
        now[0] += step
        with pytest.raises(Busy):
            oddities.pass_over(odd, "read it")
    now[0] += APART
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            oddities.pass_over(odd, "read it")

    assert [record.getMessage() for record in caplog.records] == [
        "could not fully read it: an element is malformed, and is skipped: number 7"
    ]


@pytest.mark.parametrize("element", ["text", 7, None, ["x"]])
def test_what_is_no_object_never_passes(element: object) -> None:
    now = [100.0]
    oddities = Oddities(lambda: now[0])
    for _ in range(3):
        with pytest.raises(Busy):
            oddities.pass_over(element, "read it")
        now[0] += 60
