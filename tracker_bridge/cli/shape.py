"""What a team has added in its settings, as lines for a terminal."""

from collections.abc import Iterator

from tracker_bridge.cli.texts import one_line
from tracker_bridge.domain.derived.obligations import span_of
from tracker_bridge.domain.incident.conditions import ALWAYS, Condition
from tracker_bridge.domain.incident.fields import Field
from tracker_bridge.domain.incident.rules import Rules


def shape_lines(rules: Rules) -> Iterator[str]:
    """Yield a line for each role, field, checklist, rule, deadline and who is on call, as they are understood."""
    for role in rules.roles:
        yield f"  role {role.value}: {one_line(role.words)}, {'one' if role.single else 'any number'} at a time"
    for field in rules.fields:
        yield f"  field {field.name}: {one_line(field.title)}, {_kind(field)}"
    for one in rules.checklists:
        numbers = f"{one.numbers.start} to {one.numbers.stop - 1}" if len(one.items) > 1 else f"{one.first}"
        yield f"  checklist {one_line(one.name)}: items {numbers}, {when_words(one.when)}"
    for saying in rules.sayings:
        yield f"  {when_words(saying.when)}, say: {one_line(saying.line)}"
    for audience in rules.audiences:
        if audience.deadlines:
            within = ", ".join(span_of(one).replace("\u00a0", " ") for one in audience.deadlines)
            yield f"  audience {audience.name}: told within {within} of the detection, {when_words(audience.when)}"
    for row in rules.on_call:
        where = f", of {' or '.join(map(one_line, row.projects))}" if row.projects else ""
        steps = "; then ".join(", ".join(map(one_line, (*step.who, *step.sources))) for step in row.steps)
        yield f"  on call: {steps}, {when_words(row.when)}{where}"


def _kind(field: Field) -> str:
    kind = f"one of {', '.join(map(one_line, field.choices))}" if field.choices else field.kind.value
    question = f', asked as "{one_line(field.question)}"' if field.question else ""
    return kind + question + (f', or the issue field "{one_line(field.issue_field)}"' if field.issue_field else "")


def when_words(when: Condition) -> str:
    if when == ALWAYS:
        return "in every incident"
    parts = (("severity", when.severities), ("label", when.labels), ("service", when.services))
    told = [f"{name} {' or '.join(map(one_line, words))}" for name, words in parts if words]
    return f"at {' and '.join(told)}"
