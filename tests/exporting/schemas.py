"""The documented shapes of the exports, and a check that what is written has them."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

DOCS = Path(__file__).parents[2] / "docs"


def valid(text: str, name: str) -> Any:
    """Parse ``text``, and hold it against ``docs/<name>.schema.json``."""
    schema = json.loads((DOCS / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    value = json.loads(text)
    Draft202012Validator(schema).validate(value)
    return value
