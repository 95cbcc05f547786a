"""
GitHub's published description of its REST API, and whether a request and its answer fit it.

Stricter than the description: an object may hold only what is described, so that neither the sandbox nor the
bridge invents a field. Errors excepted: GitHub's carry a ``status`` that their description leaves out.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tracker_bridge.sandbox.server import Request

Json = dict[str, Any]

GENERAL = frozenset({301, 304, 401, 403, 404, 410, 422, 429, 500, 502, 503})
"""Any endpoint may answer these, though few descriptions list them all; the body is a ``basic-error``."""

_FORMATS = FormatChecker(())
_SCHEMA = "#/components/schemas/"
_STRICT, _LOOSE = "urn:strict", "urn:loose"


def _is_time(value: object) -> bool:
    return not isinstance(value, str) or bool(re.fullmatch(r"\d{4}(-\d\d){2}T\d\d(:\d\d){2}Z", value))


def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(re.fullmatch(r"[a-z][a-z0-9+.-]*:\S+", value))


_FORMATS.checks("date-time")(_is_time)
_FORMATS.checks("uri")(_is_uri)


@dataclass(frozen=True)
class _Operation:
    pattern: re.Pattern[str]
    literals: int
    template: str
    methods: Json


class Description:
    """An OpenAPI 3.0 document."""

    def __init__(self, file: Path) -> None:
        self._document = cast("Json", json.loads(file.read_text("utf-8")))
        schemas = self._document["components"]["schemas"]
        resources = [
            (urn, DRAFT202012.create_resource({name: _converted(one, urn) for name, one in schemas.items()}))
            for urn in (_STRICT, _LOOSE)
        ]
        self._registry: Registry[Any] = Registry().with_resources(resources)
        self._operations = sorted(
            (_operation(template, methods) for template, methods in self._document["paths"].items()),
            key=lambda one: -one.literals,
        )

    def name(self, request: Request) -> str:
        """Return which operation this is, such as ``issues/get``; empty for none."""
        found = self._find(request)
        return str(found["operationId"]) if found else ""

    def problems(self, request: Request) -> Iterator[str]:
        """Yield what does not fit, of the request and of its answer."""
        operation = self._find(request)
        if operation is None:
            yield "no such path or method"
            return
        yield from self._query(request, operation)
        if 200 <= request.status < 300 and request.body:
            yield from self._sent(request, operation)
        yield from self._answered(request, operation)

    def _find(self, request: Request) -> Json | None:
        path = request.path.removeprefix("/api/v3")
        path = re.sub(r"^/repositories/\d+", "/repos/owner/repo", path)  # how GitHub's own Link headers say it
        for one in self._operations:
            if request.method.lower() in one.methods and one.pattern.fullmatch(path):
                return cast("Json", one.methods[request.method.lower()])
        return None

    def _query(self, request: Request, operation: Json) -> Iterator[str]:
        known = {one["name"]: one for one in map(self._resolved, operation.get("parameters", []))}
        for name, text in parse_qsl(request.query, keep_blank_values=True):
            if known.get(name, {}).get("in") != "query":
                yield f"query parameter {name!r} is not described"
                continue
            schema = known[name]["schema"]
            value: object = int(text) if schema.get("type") == "integer" and text.isdecimal() else text
            yield from self._fits(value, schema, f"query parameter {name}")

    def _sent(self, request: Request, operation: Json) -> Iterator[str]:
        content = self._resolved(operation.get("requestBody", {})).get("content", {})
        if "application/json" not in content:
            yield "a body was sent, none is described"
            return
        yield from self._fits(json.loads(request.body), content["application/json"]["schema"], "request")

    def _answered(self, request: Request, operation: Json) -> Iterator[str]:
        described = operation["responses"].get(str(request.status))
        if described is None and request.status not in GENERAL:
            yield f"status {request.status} is not described"
            return
        content = self._resolved(described).get("content", {}) if described else {}
        schema = content.get("application/json", {}).get("schema")
        if schema is None and described is None and request.answer:
            schema = {"$ref": f"{_SCHEMA}basic-error"}
        if schema is None:
            if request.answer:
                yield f"status {request.status} is described without a body"
            return
        try:
            body = json.loads(request.answer)
        except ValueError:
            yield "the answer is not JSON"
            return
        yield from self._fits(body, schema, "answer", _STRICT if request.status < 400 else _LOOSE)

    def _resolved(self, one: Json) -> Json:
        while "$ref" in one:
            _, *path = one["$ref"].split("/")
            one = self._document
            for step in path:
                one = one[step]
        return one

    def _fits(self, value: object, schema: Json, what: str, urn: str = _STRICT) -> Iterator[str]:
        validator = Draft202012Validator(_converted(schema, urn), registry=self._registry, format_checker=_FORMATS)
        for error in validator.iter_errors(value):
            where = "".join(f"[{step!r}]" for step in error.absolute_path)
            yield f"{what}{where}: {error.message[:300]}"


def _operation(template: str, methods: Json) -> _Operation:
    """A parameter at the end may hold slashes: a label's name does."""
    parts = re.split(r"(\{[^}]+\})", template)
    end = len(parts) - 2 if not parts[-1] else -1
    pattern = "".join(
        re.escape(part) if not part.startswith("{") else (".+" if place == end else "[^/]+")
        for place, part in enumerate(parts)
    )
    literals = sum(not step.startswith("{") for step in template.split("/"))
    return _Operation(re.compile(pattern), literals, template, methods)


def _converted(schema: Json, urn: str) -> Json:
    """Translate OpenAPI 3.0's dialect into JSON Schema: ``nullable``, references, and closed objects."""
    if "$ref" in schema:
        return {"$ref": f"{urn}#/{schema['$ref'].removeprefix(_SCHEMA)}"}
    result = {
        name: value for name, value in schema.items() if name not in {"nullable", "discriminator", "example"}
    }
    for name, inner in (("anyOf", urn), ("oneOf", urn), ("allOf", _LOOSE)):
        if name in schema:
            result[name] = [_converted(one, inner) for one in schema[name]]
    if "properties" in schema:
        result["properties"] = {name: _converted(one, urn) for name, one in schema["properties"].items()}
        if urn == _STRICT and not {"anyOf", "oneOf", "allOf"} & set(schema):
            result.setdefault("additionalProperties", False)
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            result[name] = _converted(schema[name], urn)
    if schema.get("nullable"):
        return {"anyOf": [result, {"type": "null"}]}
    return result
