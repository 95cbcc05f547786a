"""
Comments as people write them: prose, lists, tables, quotes, code, answers by mail, and commands among all that.

What is drawn comes with what its author meant (:class:`Draft`): which lines are commands, and which words belong
to each. It does not ask the code that is tried.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from hypothesis import strategies as st

from tests.domain import mails
from tests.properties import speech
from tests.properties.drafts import Below, Block, Draft, Meant, Place
from tests.properties.speech import Draw, Vocabulary, arguments, own_words, root

Make = Callable[[Draw, Vocabulary], Block]

_PROSE: Final = (
    "{0}",
    "{0} and then {1}, I think.",
    "Looks like `{0}` is full; see [the board](https://graphs.test/d/9) @bob",
    "**{0}**: about 14:05, {1}?",
    "cc @acme/sre {0} :fire:",
    "I'd say /incident note {0} would be next.",
    "See <https://forge.test/{0}> \\*again\\*, at 48 % {1}",
    "Thanks {0}!",
)
_SWALLOWED: Final = ("/incident note {0}", "/incident resolve", "/inc cancel {0}", "@incident-bot claim lead")


def _hidden(draw: Draw, words: Vocabulary) -> str:
    return str(draw(st.sampled_from(_SWALLOWED))).format(words.word())


def _sentence(draw: Draw, words: Vocabulary) -> str:
    return str(draw(st.sampled_from(_PROSE))).format(words.word(), words.word())


def _sentences(draw: Draw, words: Vocabulary, most: int = 3) -> list[str]:
    return [_sentence(draw, words) for _ in range(draw(st.integers(1, most)))]


def _sometimes(draw: Draw, line: str, other: str) -> str:
    return other if draw(st.integers(0, 2)) == 0 else line


# What is nobody's command


def paragraph(draw: Draw, words: Vocabulary) -> Block:
    return Block("paragraph", tuple(_sentences(draw, words)))


def bullets(draw: Draw, words: Vocabulary) -> Block:
    sign = draw(st.sampled_from(("- ", "* ", "+ ", "1. ", "- [ ] ", "- [x] ", "2) ")))
    items = [f"{sign}{_sometimes(draw, one, _hidden(draw, words))}" for one in _sentences(draw, words)]
    return Block("list", tuple(items))


def table(draw: Draw, words: Vocabulary) -> Block:
    rows = [f"| {words.word()} | {_hidden(draw, words)} |" for _ in range(draw(st.integers(0, 2)))]
    return Block("table", ("| a | b |", "|---|:-:|", *rows), alone=True)


def details(draw: Draw, words: Vocabulary) -> Block:
    inner = ("", *_sentences(draw, words), "") if draw(st.booleans()) else tuple(_sentences(draw, words))
    return Block("html", (f"<details><summary>{words.word()}</summary>", *inner, "</details>"), alone=True)


def heading(draw: Draw, words: Vocabulary) -> Block:
    return Block("heading", (f"{draw(st.sampled_from(('# ', '### ')))}{_sentence(draw, words)}",))


def rule(draw: Draw, words: Vocabulary) -> Block:
    return Block("rule", (draw(st.sampled_from(("***", "* * *", "_ _ _"))),), alone=True)


def fence(draw: Draw, words: Vocabulary) -> Block:
    sign = draw(st.sampled_from(("```", "~~~", "````", "```sh")))
    inner = (_hidden(draw, words), "", _sentence(draw, words), _hidden(draw, words))
    return Block("fence", (sign, *inner[draw(st.integers(0, 3)) :], sign.removesuffix("sh")))


def indented_code(draw: Draw, words: Vocabulary) -> Block:
    return Block("indented", (f"    {_hidden(draw, words)}", f"\t{_sentence(draw, words)}"), alone=True)


def code_over_lines(draw: Draw, words: Vocabulary) -> Block:
    ticks = draw(st.sampled_from(("`", "``")))
    return Block("paragraph", (f"see {ticks}{words.word()}", _hidden(draw, words), f"x{ticks} there"), alone=True)


def quote(draw: Draw, words: Vocabulary) -> Block:
    sign = draw(st.sampled_from(("> ", ">", "> > ", "> - ")))
    lines = [f"{sign}{_sometimes(draw, one, _hidden(draw, words))}" for one in _sentences(draw, words)]
    lazy = _sentences(draw, words, 1) if draw(st.integers(0, 3)) == 0 else []
    return Block("quote", (*lines, *lazy))


def fenced_quote(draw: Draw, words: Vocabulary) -> Block:
    inner = (_sentence(draw, words), "", _hidden(draw, words), "- a")[draw(st.integers(0, 2)) :]
    return Block("fence quote", (">>>", *inner, ">>>"), alone=True)


def unseen(draw: Draw, words: Vocabulary) -> Block:
    inner = (_hidden(draw, words), "", "--", _hidden(draw, words))[draw(st.integers(0, 3)) :]
    lines = ("<!--", *inner, "-->") if draw(st.booleans()) else (f"<!-- {_hidden(draw, words)} -->",)
    return Block("html", lines, alone=True)


# What is to be explained


def nearly(draw: Draw, words: Vocabulary) -> Block:
    verb, begin = draw(st.sampled_from(("note", "claim", "show"))), draw(st.sampled_from(speech.NEARLY))
    meant = Meant(verb, Place.EXPLAINED)
    return Block("command", (f"{begin}{verb} {words.word()}",), (meant,), free=False)


def indented(draw: Draw, words: Vocabulary) -> Block:
    blanks = " " * draw(st.integers(1, 3))
    line = f"{blanks}/incident note {words.word()}"
    return Block("indented", (line,), (Meant("note", Place.EXPLAINED),), alone=True, free=False)


# Commands


def command(draw: Draw, words: Vocabulary, verbs: Sequence[str] = speech.VERBS) -> Block:
    verb = draw(st.sampled_from(verbs))
    said = arguments(draw, words, verb)
    begin = "/incident " if verb in speech.NO_VERBS else root(draw)  # a sentence may begin with the bot's name
    between = draw(st.sampled_from((" ",) * 9 + (":", "：", "=", ": "))) if verb in speech.LONG and said else " "
    lines = [f"{begin}{verb}{between}{said}".rstrip() + speech.line_end(draw)]
    goes_on = verb in speech.LONG and (verb not in ("severity", "status") or " " in said)
    if goes_on and draw(st.integers(0, 3)) == 0:
        lines += [words.words(draw) + speech.line_end(draw) for _ in range(draw(st.integers(1, 2)))]
    text = own_words("\n".join(lines))
    below = Below.PARAGRAPH if verb in speech.LONG else Below.NOTHING
    below = Below.QUOTE if verb == "no-update" else below
    return Block("command", tuple(lines), (Meant(verb, Place.RUN, text),), below=below, free=False)


def update(draw: Draw, words: Vocabulary) -> Block:
    """A message, in one of the three forms that there are."""
    head = f"{root(draw)}update {draw(st.sampled_from(speech.AUDIENCES))}"
    head += draw(st.sampled_from(("", "", " via #status", " --correction", " at 14:05")))
    form = draw(st.sampled_from(("colon", "quote", "fenced", "whole")))
    lines, below = list(_message(draw, words, form)), Below.NOTHING
    if form == "colon":
        head, lines, below = f"{head}: {lines[0]}", lines[1:], Below.PARAGRAPH
    elif draw(st.integers(0, 2)) == 0:
        lines = ["", *lines]
    if form in ("quote", "fenced"):
        below = Below.QUOTE
    head += draw(st.sampled_from(("", "", "\\", "\u200b"))) if form == "colon" else ""
    message = own_words("\n".join((head, *lines)))
    meant = Meant("update", Place.RUN, message=message, whole=form == "whole")
    below = Below.ALL if form == "whole" else below
    return Block("command", (head, *lines), (meant,), below=below, free=False)


def _message(draw: Draw, words: Vocabulary, form: str) -> Iterator[str]:
    lines = [words.words(draw) for _ in range(draw(st.integers(1, 3)))]
    if form == "colon":
        yield from lines
    elif form == "quote":
        sign = draw(st.sampled_from(("> ", ">", "> - ", "> > ")))
        for one in lines:
            yield f"{sign}{one}"
            if draw(st.integers(0, 3)) == 0:
                yield from (">", f"> {words.words(draw)}")
        if draw(st.integers(0, 3)) == 0 and sign in ("> ", ">"):
            yield words.words(draw)
    elif form == "fenced":
        yield from (">>>", *lines, "", f"- {words.words(draw)}", ">>>")
    else:
        yield from lines
        more = (
            f"- {words.words(draw)}",
            f"## {words.words(draw)}",
            words.words(draw),
            f"- [ ] {words.words(draw)}",
        )
        for one in more[: draw(st.integers(0, 4))]:
            yield from ("", one)


# How a comment ends


def signature(draw: Draw, words: Vocabulary) -> Block:
    return Block("end", (draw(st.sampled_from(mails.SIGNATURES)), f"Alice {words.word()}"), alone=True)


def reply(draw: Draw, words: Vocabulary) -> Block:
    """What a mail program repeats with ``>``; people answer above it, and below."""
    header = mails.REPLY_HEADERS[draw(st.sampled_from(sorted(mails.REPLY_HEADERS)))]
    lines = [*header.split("\n"), f"> {words.word()}", f"> {_hidden(draw, words)}"]
    if draw(st.booleans()):
        return Block("end", tuple(lines), alone=True)
    word = words.word()
    answer = ["", f"/incident note {word}"] if draw(st.booleans()) else [f"/incident note {word}"]
    return Block("end", (*lines, *answer), (Meant("note", Place.RUN, frozenset({word})),), alone=True, free=False)


def original(draw: Draw, words: Vocabulary) -> Block:
    lines = mails.UNQUOTED[draw(st.sampled_from(sorted(mails.UNQUOTED)))].split("\n")
    commands = [Meant("resolve", Place.EXPLAINED) for line in lines if line.startswith("/incident resolve")]
    return Block("end", tuple(lines), tuple(commands), alone=True, free=False)


PLAIN: Final[tuple[Make, ...]] = (
    *(paragraph, paragraph, bullets, table, details, heading, rule, fence, indented_code, code_over_lines),
    *(quote, fenced_quote, unseen),
)
SAID: Final[tuple[Make, ...]] = (command, command, command, update, update, nearly, indented)
ENDS: Final[tuple[Make, ...]] = (signature, reply, original)


@st.composite
def drafts(
    draw: st.DrawFn, *, most: int = 7, said: Sequence[Make] = SAID, words: Vocabulary | None = None
) -> Draft:
    """Draw a comment."""
    words = words or Vocabulary()
    draft = Draft()
    for _ in range(draw(st.integers(1, most))):
        make = draw(st.sampled_from((*PLAIN, *said, *said)))
        block = make(draw, words)
        if draft.may_stand_below(block):
            draft = draft.having(block, gap=draw(st.booleans()))
    if draw(st.integers(0, 3)) == 0:
        draft = draft.having(draw(st.sampled_from(ENDS))(draw, words), gap=True)
    return draft
