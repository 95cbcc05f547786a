"""What connecting keeps: credentials in files that only their owner can read, and the settings that name them."""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PEM: Final = "app-key.pem"
SETTINGS: Final = "tracker-bridge.toml"


class KeptError(Exception):
    """A file cannot be written, or must not be overwritten. The message says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the files are."""

    path: Path

    @property
    def settings(self) -> Path:
        return self.path / SETTINGS

    @property
    def pem(self) -> Path:
        return self.path / PEM

    def table(self, forge: str) -> Mapping[str, Any]:
        """Return what is set for a forge already. Raises :class:`KeptError`."""
        try:
            given = tomllib.loads(self.settings.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise KeptError(f"{self.settings} cannot be read: {error}") from None
        found = given.get(forge, {})
        return found if isinstance(found, Mapping) else {}

    def secret(self, name: str, text: str) -> Path:
        """Write a file that only its owner can read; one that is there is never overwritten."""
        path = self.path / name
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        except FileExistsError:
            raise KeptError(f"{path} is there already; move it away first") from None
        except OSError as error:
            raise KeptError(f"{path} cannot be written: {error.strerror}") from None
        return path

    def set_table(self, forge: str, values: Mapping[str, Any]) -> Path:
        """Add the table of a forge to the settings, or fill in what is missing there. Keeps everything else."""
        known = self.table(forge)
        missing = {name: value for name, value in values.items() if name not in known}
        if not missing:
            return self.settings
        lines = [f"{name} = {json.dumps(value)}" for name, value in missing.items()]
        text = self.settings.read_text("utf-8") if self.settings.exists() else ""
        head = f"[{forge}]"
        if head in text.splitlines():
            text = text.replace(f"{head}\n", "\n".join([head, *lines]) + "\n", 1)
        else:
            text = "\n".join([*([text.rstrip(), ""] if text.strip() else []), head, *lines]) + "\n"
        try:
            aside = self.settings.with_name(f"{SETTINGS}.new")
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(text)
            aside.replace(self.settings)
        except OSError as error:
            raise KeptError(f"{self.settings} cannot be written: {error.strerror}") from None
        return self.settings
