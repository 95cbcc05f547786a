"""The App's private key, as it comes out of consoles, env files, mounted secrets and word processors."""

import base64
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import PrivateFormat

from tests.settings.conftest import Load, Refusal, table
from tracker_bridge.trackers.github.credentials import App, Installations
from tracker_bridge.trackers.github.settings import GitHub

PEM = serialization.Encoding.PEM


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def written(form: PrivateFormat = PrivateFormat.TraditionalOpenSSL, password: bytes = b"") -> str:
    how = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key().private_bytes(PEM, form, how).decode()


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


SHAPES: dict[str, Callable[[str], str]] = {
    "as it is": lambda pem: pem,
    "no line end last": lambda pem: pem.rstrip("\n"),
    "CRLF": lambda pem: pem.replace("\n", "\r\n"),
    "CR": lambda pem: pem.replace("\n", "\r"),
    "written ends": lambda pem: pem.replace("\n", "\\n"),
    "written ends but for the last": lambda pem: pem.rstrip("\n").replace("\n", "\\n"),
    "a written end last": lambda pem: pem.rstrip("\n") + "\\n",
    "written CRLF": lambda pem: pem.replace("\n", "\\r\\n"),
    "written ends, twice escaped": lambda pem: pem.replace("\n", "\\\\n"),
    "written and real ends": lambda pem: pem.replace("\n", "\\n\n"),
    "double quotes kept": lambda pem: f'"{pem}"',
    "single quotes kept": lambda pem: f"'{pem.strip()}'",
    "quotes and written ends": lambda pem: "'\"" + pem.replace("\n", "\\n") + "\"'",
    "indented": lambda pem: "".join(f"    {line}\n" for line in pem.splitlines()),
    "tabs and blanks behind": lambda pem: "".join(f"\t{line}  \n" for line in pem.splitlines()),
    "blank lines between": lambda pem: pem.replace("\n", "\n\n"),
    "one line with blanks": lambda pem: pem.replace("\n", " "),
    "one line without": lambda pem: pem.replace("\n", ""),
    "base64 of the whole": in_base64,
    "base64 of the whole, wrapped": lambda pem: base64.encodebytes(pem.encode()).decode(),
    "base64 of the whole, in quotes": lambda pem: f'"{in_base64(pem)}"',
    "base64 of the written": lambda pem: in_base64(pem.replace("\n", "\\n")),
    "a byte-order mark": lambda pem: f"\ufeff{pem}",
    "no-break spaces": lambda pem: pem.replace("\n", "\u00a0\n"),
    "attributes above": lambda pem: f"Bag Attributes\n    localKeyID: 01\nKey Attributes: <No Attributes>\n{pem}",
    "a comment above": lambda pem: f"# the App's\n{pem}",
}


@pytest.mark.parametrize("given", ["variable", "file", "path in quotes"])
@pytest.mark.parametrize("form", [PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8])
@pytest.mark.parametrize("shape", SHAPES)
def test_what_can_mean_one_key_only_is_taken(
    read: Load, tmp_path: Path, shape: str, form: PrivateFormat, given: str
) -> None:
    text = SHAPES[shape](written(form))
    if given != "variable":
        path = tmp_path / "app.pem"
        path.write_bytes(text.encode())
        text = f'"{path}"' if given == "path in quotes" else str(path)

    settings = table(read(GITHUB__APP_ID="1", GITHUB__PRIVATE_KEY=text, GITHUB__PROJECTS='["a/b"]'), GitHub)

    assert settings.private_key is not None
    assert settings.private_key.get_secret_value() == written(form)


def test_what_is_taken_signs(read: Load) -> None:
    given = SHAPES["one line with blanks"](written())
    settings = table(read(GITHUB__APP_ID="1", GITHUB__PRIVATE_KEY=given, GITHUB__PROJECTS='["a/b"]'), GitHub)
    assert settings.private_key is not None
    Installations(App("1", settings.private_key.get_secret_value()), lambda _: None)  # type: ignore[arg-type,return-value] # it signs first


def _wrong() -> dict[str, tuple[str, str]]:
    pem = written()
    public = key().public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    other = ec.generate_private_key(ec.SECP256R1())
    curve = other.private_bytes(PEM, PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()).decode()
    openssh = key().private_bytes(PEM, PrivateFormat.OpenSSH, serialization.NoEncryption()).decode()
    lines = pem.splitlines()
    return {
        "only the first line": (lines[0], "has no line -----END RSA PRIVATE KEY-----; it was cut off"),
        "without the last": ("\n".join(lines[:-1]), "has no line -----END RSA PRIVATE KEY-----"),
        "only the inside": ("\n".join(lines[1:-1]), "neither a PEM text nor a file that can be read"),
        "encrypted": (written(PrivateFormat.PKCS8, b"pw"), "is encrypted"),
        "encrypted, old": (written(password=b"pw"), "is encrypted"),
        "public": (public, "is a public key or a certificate; that of a GitHub App is RSA"),
        "another curve": (curve, "is a private key of another type; that of a GitHub App is RSA"),
        "OpenSSH": (openssh, "is a private key of another type"),
        "two": (pem + pem, "holds 2 keys"),
        "damaged": (pem.replace(lines[3], "*" * 64), "is damaged"),
        "a letter lost": (pem.replace(lines[3], lines[3][:-1]), "is damaged"),
        "long dashes": (pem.replace("-----", "\u2014\u2014-"), "not an unencrypted private key; it begins with"),
        "no such file": ("/nowhere/app.pem", "neither a PEM text nor a file that can be read (No such file"),
        "no such home": ("~nobody-here/app.pem", "neither a PEM text nor a file that can be read"),
        "a zero byte": ("app\0.pem", "neither a PEM text nor a file that can be read (not a path)"),
        "empty": ("", "is empty"),
        "dashes": ("-----", "not an unencrypted private key"),
    }


@pytest.mark.parametrize("name", _wrong())
def test_what_cannot_is_refused_with_what_is_the_matter(refusal: Refusal, name: str) -> None:
    text, reason = _wrong()[name]
    said = "\n".join(refusal(GITHUB__APP_ID="1", GITHUB__PRIVATE_KEY=text, GITHUB__PROJECTS='["a/b"]'))

    assert f"github.private_key (TRACKER_BRIDGE_GITHUB__PRIVATE_KEY): {reason}" in said
    assert not any(line in said for line in written().splitlines()[1:-1])


@pytest.mark.parametrize(
    ("encoding", "reason"),
    [("utf-16", "the file is in UTF-16"), ("DER", "the file is not text in UTF-8 (see line 1)")],
)
def test_a_file_that_is_no_text_says_what_to_do(
    refusal: Refusal, tmp_path: Path, encoding: str, reason: str
) -> None:
    der = key().private_bytes(serialization.Encoding.DER, PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "app.pem").write_bytes(der if encoding == "DER" else written().encode(encoding))

    said = "\n".join(refusal(GITHUB__APP_ID="1", GITHUB__PRIVATE_KEY=str(tmp_path / "app.pem")))
    assert f"TRACKER_BRIDGE_GITHUB__PRIVATE_KEY): {reason}" in said
