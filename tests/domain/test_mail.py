"""Whose words they are when somebody answers by mail, and where a message ends."""

import pytest
from email_reply_parser import EmailReplyParser
from hypothesis import given
from hypothesis import strategies as st
from mailparser_reply import EmailReplyParser as MailReplyParser

from tests.domain import mails
from tracker_bridge.domain.issue import mail, mail_replies
from tracker_bridge.domain.issue.mail import ends_message, original_from

ANSWER = ["We look into it.", "", "/incident note the queue is full", ""]


def end_of(lines: list[str]) -> int:
    """Return where a message that begins in the first line ends; a quote ends it as well."""
    return next((n for n, line in enumerate(lines) if line[:1] == ">" or ends_message(lines, n)), len(lines))


@pytest.mark.parametrize("name", mails.UNQUOTED)
def test_an_unquoted_original_begins_at_its_rule_or_its_headers(name: str) -> None:
    lines = [*ANSWER, *mails.UNQUOTED[name].split("\n")]
    assert original_from(lines) == len(ANSWER)
    assert end_of(lines) == len(ANSWER)


@pytest.mark.parametrize("name", mails.UNQUOTED)
def test_a_message_that_an_original_follows_directly_ends_there(name: str) -> None:
    assert end_of(["Mail is late.", *mails.UNQUOTED[name].split("\n")]) == 1


@pytest.mark.parametrize("name", mails.REPLY_HEADERS)
@pytest.mark.parametrize("quote", ["\n> Mail is late.", "\n\n> Mail is late.\n> /incident resolve"])
def test_a_reply_header_ends_a_message_and_what_is_below_the_quote_is_the_repliers(name: str, quote: str) -> None:
    lines = [*ANSWER, *(mails.REPLY_HEADERS[name] + quote + "\n\n/incident claim lead").split("\n")]
    assert original_from(lines) is None
    assert end_of(lines) == len(ANSWER)


@pytest.mark.parametrize("name", mails.REPLY_HEADERS)
def test_an_original_that_is_not_quoted_begins_at_the_header_of_the_reply(name: str) -> None:
    lines = [*ANSWER, *f"{mails.REPLY_HEADERS[name]}\n\nMail is late.\n\n/incident resolve".split("\n")]
    assert original_from(lines) == len(ANSWER)


@pytest.mark.parametrize(
    "header",
    [
        "Vào Th 2, 2 thg 11, 2026 vào lúc 10:02 Alice <alice@example.com> đã viết:",
        "Pada tanggal Sen, 2 Nov 2026 pukul 10.02 Alice <alice@example.com> menulis:",
        "เมื่อ จ. 2 พ.ย. 2026 เวลา 10:02 Alice <alice@example.com> เขียนว่า:",
        "pirm., 2026-11-02, 10:02 Alice <alice@example.com> rašė:",
        "El dl., 2 de nov. 2026, 10:02, Alice <alice@example.com> va escriure:",
        "* Alice <alice@example.com> [2026-11-02 10:02]:",
    ],
)
def test_the_header_of_a_reply_in_a_language_that_is_not_known_ends_a_message_above_a_quote(header: str) -> None:
    assert end_of(["Mail is late.", "", *f"{header}\n> Is it?".split("\n")]) == 2


@pytest.mark.parametrize("name", mails.REPLY_HEADERS)
def test_a_reply_header_below_which_nothing_is_left(name: str) -> None:
    lines = ["Mail is late, at 10:02 as well.", *mails.REPLY_HEADERS[name].split("\n")]
    assert end_of(lines) == 1


@pytest.mark.parametrize("line", mails.SIGNATURES)
def test_a_signature_ends_a_message(line: str) -> None:
    assert end_of(["Mail is late.", line, "Alice Example", "+49 30 1234"]) == 1
    assert original_from(["Mail is late.", line, "Alice Example"]) is None


@pytest.mark.parametrize("name", mails.NO_MAIL)
def test_what_is_no_mail(name: str) -> None:
    lines = mails.NO_MAIL[name].split("\n")
    assert original_from([*lines, "", "/incident note x"]) is None
    if "block" not in name and "GitLab" not in name:  # a message does not go on into those anyway
        assert not [line for n, line in enumerate(lines) if line[:1] != ">" and ends_message(lines, n)]


# What the libraries find is not always right: both take greetings and dashes for signatures and drop what follows.
# Here they stand for programs that we did not think of, and only say where an answer ends at the latest.

ORACLE = {
    name: text for name, text in mails.UNQUOTED.items() if name.endswith((", en", ", de", ", nl", ", es"))
} | {name: text + "\n\n> Mail is late." for name, text in mails.REPLY_HEADERS.items()}


@pytest.mark.filterwarnings("ignore:'count' is passed as positional argument:DeprecationWarning")  # by a library
@pytest.mark.parametrize("name", ORACLE)
def test_ours_ends_no_later_than_the_libraries_do(name: str) -> None:
    text = "We look into it.\nIt takes a while.\n\n" + ORACLE[name]
    ours = "\n".join(text.split("\n")[: end_of(text.split("\n"))]).split()
    languages = ["en", "de", "nl", "es", "fr", "it", "sv", "pl", "cs", "ja", "zh", "ko", "da"]
    for theirs in (MailReplyParser(languages).parse_reply(text) or "", EmailReplyParser.parse_reply(text)):
        assert len(ours) <= max(len(theirs.split()), 8)  # eight words were said


PIECES = """
From: |Sent: 10:02|To: a@x.test|On Tue, 3 Nov 2026| wrote:|____________________|-----|> |```|**|\\|\u200b|>>>
写道：|-- | Original Message |Von\u00a0: |Sent from my iPhone||/incident note
"""
words = st.sampled_from(PIECES.strip().replace("\n", "|").split("|"))


@given(st.lists(st.lists(words | st.text(max_size=20), max_size=5).map("".join), max_size=30))
def test_nothing_is_an_error_and_an_original_stays_where_it_begins(lines: list[str]) -> None:
    first = original_from(lines)
    assert first is None or not lines[first].startswith(">")
    assert (
        first is None or original_from(lines[: first + 16]) == first or any(x.lstrip()[:1] in "`~>" for x in lines)
    )
    assert all(isinstance(ends_message(lines, number), bool) for number in range(len(lines)))


@pytest.mark.parametrize(
    "line",
    [
        "From: a",
        "x" * 1000,
        "`" * 1000,
        "On Tue 10:02 " * 90,
        "_" * 1000,
        "*" * 1000,
        "<b" * 500,
        "a <a@" * 200,
        "",
    ],
)
def test_a_line_is_read_a_bounded_number_of_times(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    plain = mail_replies.plain_line

    def counted(text: str) -> str:
        read.append(min(len(text), mail_replies.MAX_LINE))
        return plain(text)

    monkeypatch.setattr(mail, "plain_line", counted)
    monkeypatch.setattr(mail_replies, "plain_line", counted)
    for count in (50, 500):
        read.clear()
        original_from([line] * count)
        for number in range(count):
            ends_message([line] * count, number)
        assert len(read) <= 60 * count
        assert sum(read) <= 60 * count * mail_replies.MAX_LINE
