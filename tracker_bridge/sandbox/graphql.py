"""
As much GraphQL as the faces need: queries with variables, aliases and inline fragments, checked against types.

A schema says which fields each type has and what they lead to; values are plain dictionaries with
``__typename``. What is not in the schema is refused, as a real server does, so that a query that works here
has a chance to work there. Mutations, directives and named fragments are left out.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Schema = Mapping[str, Mapping[str, str]]
"""Type name to fields; a field's value is the type it leads to, ``""`` for a plain value."""

_TOKEN = re.compile(r'\s+|,|#[^\n]*|(?P<token>\.\.\.|[{}()\[\]:$!=@]|"(?:[^"\\\n]|\\.)*"|-?\d+|[_A-Za-z]\w*)')


class GraphQLError(Exception):
    """The query does not fit the schema, or is no query. ``code`` is the forge's, where there is one."""

    def __init__(self, message: str, **more: str) -> None:
        super().__init__(message)
        self.more = more


@dataclass
class Selection:
    """One field (``name`` set) or one inline fragment (``on`` set)."""

    name: str = ""
    alias: str = ""
    on: str = ""
    arguments: Json = field(default_factory=dict)
    selections: list["Selection"] = field(default_factory=list)


class Query:
    """A parsed document with one query."""

    def __init__(self, text: str, variables: Mapping[str, Any]) -> None:
        self._tokens = _tokens(text)
        self._variables = variables
        if self._peek() == "query":
            self._take()
            while self._peek() != "{":  # the operation's name and the variables' types
                self._take()
        self.selections = self._braces()

    def _peek(self) -> str:
        if not self._tokens:
            raise GraphQLError("Unexpected end of document")
        return self._tokens[0]

    def _take(self, expected: str = "") -> str:
        token = self._peek()
        if expected and token != expected:
            raise GraphQLError(f'Expected "{expected}", actual: "{token}"')
        return self._tokens.pop(0)

    def _braces(self) -> list[Selection]:
        self._take("{")
        found = []
        while self._peek() != "}":
            found.append(self._selection())
        self._take("}")
        return found

    def _selection(self) -> Selection:
        if self._peek() == "...":
            self._take()
            self._take("on")
            return Selection(on=self._take(), selections=self._braces())
        one = Selection(name=self._take())
        if self._peek() == ":":
            self._take()
            one.alias, one.name = one.name, self._take()
        if self._peek() == "(":
            one.arguments = self._arguments()
        if self._peek() == "{":
            one.selections = self._braces()
        return one

    def _arguments(self) -> Json:
        self._take("(")
        found = {}
        while self._peek() != ")":
            name = self._take()
            self._take(":")
            found[name] = self._value()
        self._take(")")
        return found

    def _value(self) -> Any:
        word = self._take()
        if word == "$":
            return self._variables.get(self._take())
        if word == "[":
            found = []
            while self._peek() != "]":
                found.append(self._value())
            self._take()
            return found
        if word.startswith('"'):
            return word[1:-1].replace('\\"', '"')
        return int(word) if word.lstrip("-").isdigit() else word


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise GraphQLError(f"Parse error on {text[at]!r}")
        if match["token"]:
            found.append(match["token"])
        at = match.end()
    return found


def check(schema: Schema, selections: list[Selection], on: str) -> None:
    """Raise :class:`GraphQLError` for what the type ``on`` does not have."""
    for one in selections:
        if one.on:
            if one.on not in schema:
                raise GraphQLError(f"No such type {one.on}, so it can't be a fragment condition")
            check(schema, one.selections, one.on)
        elif one.name != "__typename":
            to = schema[on].get(one.name)
            if to is None:
                reason = f"Field '{one.name}' doesn't exist on type '{on}'"
                raise GraphQLError(reason, code="undefinedField", typeName=on, fieldName=one.name)
            if bool(to) != bool(one.selections):
                raise GraphQLError(f"Field '{one.name}' of type '{on}' must {'' if to else 'not '}have selections")
            if to:
                check(schema, one.selections, to)


def select(selections: list[Selection], value: Json, kinds: Callable[[str], set[str]]) -> Json:
    """
    Return what was selected of ``value``; a callable in it is called with the field's arguments.

    ``kinds`` tells, for a type's name, the names that a fragment on it may have.
    """
    found: Json = {}
    for one in selections:
        if one.on:
            if one.on in kinds(value["__typename"]):
                found |= select(one.selections, value, kinds)
            continue
        reached = value[one.name]
        reached = reached(**one.arguments) if callable(reached) else reached
        found[one.alias or one.name] = _below(one, reached, kinds)
    return found


def _below(one: Selection, reached: Any, kinds: Callable[[str], set[str]]) -> Any:
    if isinstance(reached, list):
        return [_below(one, each, kinds) for each in reached]
    if isinstance(reached, dict):
        return select(one.selections, reached, kinds)
    return reached
