"""The documented shapes of the exports, and a check that what is written has them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

DOCS = Path(__file__).parents[2] / "docs"


def valid(text: str, name: str) -> Any:
    """Parse ``text``, and hold it against ``docs/<name>.schema.json``."""
    value = json.loads(text)
    _shape(name).validate(value)
    return value


@cache
def _shape(name: str) -> Draft202012Validator:
    """Read a schema, which is looked at once: that takes ten times as long as holding something against it."""
    schema = json.loads((DOCS / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)
