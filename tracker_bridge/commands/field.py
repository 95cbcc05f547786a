"""The fields that a team has of its own: region, tier of the customer, change that broke it."""

from tracker_bridge.domain.fold.arguments import quoted
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.incident.fields import (
    NOTHING,
    Field,
    FieldValue,
    Unfit,
    fitting,
    leading_field,
    with_value,
)
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.timeline import Kind, entry_of
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.spelling import mistyped


@command(
    "field",
    section=Section.BEGIN,
    usage="field <name> <value>",
    examples=("field region eu-west", "field region none"),
    when=When.DECLARED,
    own=lambda *_: True,
    by_settings=True,
)
def field(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Set one of your team's own fields.

    The fields are defined in the repository's settings, `[[fields]]`: text, a number, a date, or one of several
    choices. `none` removes the value. Answers in the issue form can set them too.
    """
    fields = incident.rules.fields
    if not fields:
        return Refused("this project has no fields; they are defined in the settings of the repository")
    found, text = leading_field(fields, call.text)
    if found is None:
        return _unknown(fields, call.text)
    if not text:
        return Refused(f"what should {found.title} be?", form=f"field {found.name} <{found.form}>")
    value = "" if text.casefold() == NOTHING else fitting(found, text, call.at, incident.rules.timezone)
    if isinstance(value, Unfit):
        lines = tuple(f"field {found.name} {one}" for one in value.meant)
        form = f"field {found.name} <{found.form}>"
        return Refused(value.reason, next(iter(lines), ""), otherwise=lines[1:], form=form)
    entry = entry_of(call.origin, Kind.FIELD, what=found.title, text=value)
    set_to = FieldValue(found.name, value, call.url, call.actor.login, call.at)
    return incident.having(entry, fields=with_value(incident.fields, set_to))


def _unknown(fields: tuple[Field, ...], text: str) -> Refused:
    name, _, value = text.partition(" ")
    known = ", ".join(f"`{one.name}`" for one in fields)
    reason = f"{quoted(name)} is not a field; the fields are {known}" if name else f"the fields are {known}"
    near = mistyped(name.casefold().rstrip(":="), [one.name for one in fields])
    lines = tuple(f"field {one} {value}".strip() for one in near if value)
    return Refused(reason, next(iter(lines), ""), otherwise=lines[1:], form="field <name> <value>")
