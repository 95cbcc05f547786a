"""Renders ``docs/commands.md`` from the commands' own documentation."""

import itertools
import re
from collections.abc import Iterator

from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.fold.command import Command, Section, When
from tracker_bridge.domain.incident.roles import ALIASES, Role
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.times import ACCEPTED
from tracker_bridge.domain.issue.issue import Access

HEAD = f"""\
# Commands

*Written by `make docs` from the commands themselves: do not edit.*

Write a command at the very start of a line, in a comment or in the opening post. A comment can hold several,
one per line. It starts with {" or ".join(map("`{}`".format, Rules().command_prefixes))}, or with the bot's name:
`@the-bot note ...`. [Writing commands](writing-commands.md) explains where its text ends, and who counts as
its author.

The thread is the source of truth: to undo something, edit or delete your comment. A command that is not
understood gets a short reply, which disappears when the comment is corrected. It has the line that was
probably meant and would be accepted from you now; or who can do it, and how to ask them; or a form. Replace
what is in `<angle brackets>`.

**Times** are written
{ACCEPTED}.
The output of programs works too: RFC 2822 and RFC 3339, log files, `date`. A time without a date is today's,
or last night's: for yesterday more than twelve hours ago, write `yesterday` or the date. Without a zone it is
in the team's time zone. Everything is shown in UTC.

**What happened earlier**: every command that adds an entry to the timeline takes a time after a `|`, as
`note` does: `claim lead | 14:05`, `severity sev1 nobody can pay | ~20m ago`. It takes effect when it is posted;
the timeline, and what is counted from it, has the time that you gave.

Ambiguous times are refused: `02/11 14:05` (two days), `14.05` (a day or a time), `14:05 CST` (several zones),
`02:00-03:00` (a range: write when it began). `-03:00` is an offset after seconds, after a date with `T`, and after
`UTC`. Text after a `|` that contains a time is read as a time or refused, but never kept as text. A `|` in code is
text, and so is the rest of a pipeline, as in `ps aux | grep java`.

**Days** are written `2026-12-01`, `1 Dec`, `1 Dec 2026`, `tomorrow`, `friday`, `in 2 weeks`.

**Access** is your access to the project on the tracker: triage is GitLab's Reporter, write is its Developer.
People who were assigned a role by someone else have write access in that incident. The Incident Lead needs only
triage access, even after claiming the role. A team can change the required access with the setting
[`access`](settings.md#access).

**Roles** and their names:

"""

WHEN = {
    When.ALWAYS: "in every issue",
    When.DECLARED: "in every incident, even after it has ended",
    When.COUNTED: "in every incident that is not cancelled, even after it has ended",
    When.ACTIVE: "while the incident is open",
}


def render() -> str:
    """Return the whole page."""
    lines = [HEAD + "\n".join(_roles()), ""]
    for section, commands in itertools.groupby(COMMANDS.values(), key=lambda command: command.section):
        lines.append(f"## {section}\n")
        for command in commands:
            lines += _command(command)
    return "\n".join(lines).rstrip() + "\n"


def _roles() -> Iterator[str]:
    for role in Role:
        names = ", ".join(f"`{name}`" for name in dict.fromkeys((*ALIASES[role], role.value)))
        yield f"- {role.words}: {names}"


def _command(command: Command) -> Iterator[str]:
    root = Rules().command_prefixes[0]
    yield f"### {command.verb}\n"
    yield f"`{root} {command.usage}`\n"
    yield f"{command.documentation}\n"
    yield f"*{_conditions(command)}*\n"
    yield "```text"
    yield from (f"{root} {example}" for example in command.examples)
    yield "```\n"


def _conditions(command: Command) -> str:
    access = f"Needs {command.access.name.lower()} access"
    if command.lent is not None:
        access += f" ({Access.TRIAGE.name.lower()} in the cases above)"
    if command.led:
        access += f" (the Incident Lead: {Access.TRIAGE.name.lower()})"
    also = ", ".join(f"`{alias}`" for alias in command.aliases)
    parts = [f"{access}, {WHEN[command.when]}", *([f"aliases {also}"] if also else [])]
    return "; ".join(parts) + "."


_TABLE = re.compile(r"(?<=<!-- commands: make docs -->\n).*?(?=<!-- end of the commands -->)", re.DOTALL)


def render_table(page: str) -> str:
    """Return the README with the table of all commands, by what they are about."""
    rows = ["| | |", "|:--|:--|"]
    for section in Section:
        verbs = " · ".join(f"`{one.verb}`" for one in COMMANDS.values() if one.section is section)
        rows.append(f"| {section.value} | {verbs} |")
    table = "\n".join(rows)
    return _TABLE.sub(lambda _: f"{table}\n", page)
