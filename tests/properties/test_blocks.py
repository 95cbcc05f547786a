"""People write into the bot's texts wherever they like: no word of theirs is lost, and none is doubled."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tracker_bridge.domain.issue.blocks import Block, Part, merged, people_words, quieted, restored, together

NAMES = ("statistics", "timeline", "actions")
HEADINGS = {"statistics": "### Figures", "timeline": "### What happened", "actions": "### To do"}


def parts(version: int) -> list[Part]:
    """A text of three blocks, of which some lines are other ones in each version."""
    found: list[Part] = ["The review.", Block("statistics", f"| a | b |\n|:--|:--|\n| took {version} h | ours |")]
    found += [HEADINGS["timeline"], Block("timeline", f"- it began\n- it ended {version}\n\n- nothing else")]
    return [*found, f"### Lessons\n\n{HEADINGS['actions']}", Block("actions", "None yet." if version % 2 else "")]


MARKS = [line for one in parts(1) if isinstance(one, Block) for line in (one.lines[0], one.lines[-1])]
FAKES = [*MARKS, "<!-- bot:timeline 000000 -->", "<!-- bot:/statistics -->"]


@st.composite
def edits(draw: st.DrawFn, text: str) -> str:
    """What people make of a text: words of their own, each one only once, lines that go, move, or come twice."""
    lines = text.split("\n")
    for number in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(lines)))
        end = min(at + draw(st.integers(1, 6)), len(lines))
        word = f"word{number}"
        match draw(st.sampled_from(["line", "inside", "fake", "cut", "copy", "move"])):
            case "line":
                lines[at:at] = [f"We learned {word}.", *draw(st.sampled_from([[], [""], ["- a list"]]))]
            case "inside":
                at = min(at, len(lines) - 1)
                lines[at] = f"{lines[at]} {word}"
            case "fake":
                lines[at:at] = [draw(st.sampled_from(FAKES)), f"They said {word}."]
            case "cut":
                lines[at:end] = [one for one in lines[at:end] if "word" in one]
            case "copy":
                lines[end:end] = [one for one in lines[at:end] if "word" not in one]
            case "move":
                moved, lines = lines[at:end], lines[:at] + lines[end:]
                lines += moved
        lines = lines or [""]
    return "\n".join(lines)


def words(text: str) -> list[str]:
    return sorted(re.findall(r"word[0-9]", text))


@examples(100)
@given(st.data(), st.integers(1, 3))
def test_no_word_that_was_read_is_lost_by_a_write(data: st.DataObject, version: int) -> None:
    """Twice, so that what was put right before is edited again; and each block stands there once, as it should."""
    text = together(parts(1))
    for _ in range(2):
        read = data.draw(edits(text))
        text = merged(read, parts(version))
        assert words(text) == words(read)
        assert merged(text, parts(version)) == text
        for one in parts(version):
            if isinstance(one, Block):
                assert "\n".join(one.lines) in text


@examples(60)
@given(st.data())
def test_what_was_written_between_a_read_and_a_write_is_put_back(data: st.DataObject) -> None:
    """The forge keeps every version: ours, a person's, and ours again, made from the first."""
    first = together(parts(1))
    before = merged(data.draw(edits(first)), parts(1))
    theirs = data.draw(edits(before))
    ours = merged(before, parts(2))
    versions = [(first, True), (before, True), (theirs, False), (ours, True)]
    found = merged(restored(ours, versions), parts(2))
    assert set(words(theirs)) <= set(words(found))
    again = merged(restored(found, [*versions, (found, True)]), parts(2))
    assert again == found


def test_what_they_take_away_later_stays_away() -> None:
    first = together(parts(1))
    theirs, ours = f"{first}\n\nWe were lucky.", merged(first, parts(2))
    put_back = restored(ours, [(first, True), (theirs, False), (ours, True)])
    assert put_back.endswith("We were lucky.")
    taken = put_back.replace("We were lucky.", "")
    history = [(first, True), (theirs, False), (ours, True), (put_back, True), (taken, False)]
    assert restored(taken, history) == taken


def test_a_line_comes_back_where_it_stood() -> None:
    first = together(parts(1))
    theirs = first.replace("### Lessons", "### Lessons\n\nAsk sooner.")
    ours = merged(first, parts(2))
    found = restored(ours, [(first, True), (theirs, False), (ours, True)])
    lines = [line for line in found.split("\n") if line]
    assert lines[lines.index("### Lessons") + 1] == "Ask sooner."


def test_an_older_text_of_ours_that_a_person_restored_is_not_theirs() -> None:
    first, second, third = (together(parts(version)) for version in (1, 2, 3))
    versions = [(first, True), (second, True), (first, False), (third, True)]
    assert restored(third, versions) == third


def test_a_block_that_was_deleted_is_put_back_below_its_heading() -> None:
    text = together(parts(1))
    [timeline] = [one for one in parts(1) if isinstance(one, Block) and one.name == "timeline"]
    gone = text.replace("\n".join(timeline.lines), "We remember it well.")
    lines = [line for line in merged(gone, parts(1)).split("\n") if line]
    at = lines.index("### What happened")
    assert lines[at + 1] == timeline.lines[0]
    assert lines.index("We remember it well.") > at


def test_of_two_that_claim_a_name_the_one_that_is_proven_counts() -> None:
    fake = "<!-- bot:statistics 000000 -->\nNot ours.\n<!-- bot:/statistics -->"
    text = f"{fake}\n\n{together(parts(1))}"
    assert merged(text, parts(2)) == f"{fake}\n\n{together(parts(2))}"


def test_without_marks_a_block_is_told_by_what_it_says() -> None:
    text = "\n".join(line for line in together(parts(1)).split("\n") if line not in MARKS)
    found = merged(text, parts(1))
    assert found.count("| took 1 h | ours |") == 1
    assert "ours" not in people_words(found)
    assert merged(found, parts(1)) == found


def test_lines_of_people_do_not_act_when_they_are_saved_again() -> None:
    assert quieted("a\n/close\n  /label ~x\nand/or") == "a\n\u200b/close\n  \u200b/label ~x\nand/or"
