"""
The private key of a GitHub App, in the shapes in which it arrives from files, variables and mounted secrets.

What can mean one thing only is taken; what cannot is refused with what is the matter. Nothing of it is repeated.
"""

import base64
import re
import textwrap
from pathlib import Path

from pydantic import SecretStr

from tracker_bridge.decoding import Undecodable, decoded

_PEM = re.compile(r"-----BEGIN (?P<kind>[A-Z ]{0,20}PRIVATE KEY)-----(?P<body>[^-]*)-----END (?P=kind)-----")
_KINDS = ("PRIVATE KEY", "RSA PRIVATE KEY")
_BEGIN = re.compile(r"-----BEGIN (?P<what>[A-Z0-9 ]{1,40})-----")
_WRITTEN = re.compile(r"\\+[rn]")
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff]")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_LONGEST_PATH = 4096
_EXPECTED = "it begins with -----BEGIN RSA PRIVATE KEY-----"


def private_key(secret: SecretStr) -> SecretStr:
    """Return the key as a PEM text, given that text or the path of its file. Raises ``ValueError``."""
    text = _unwrapped(secret.get_secret_value())
    if "-----" not in text and "PRIVATE KEY" not in text:
        text = _unwrapped(_of_file(text))
    return SecretStr(_pem(text))


def _unwrapped(text: str) -> str:
    """Undo what shells, env files and consoles do to a text of several lines: quotes, base64 of the whole."""
    text = _UNSEEN.sub("", text).strip()
    while len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`":
        text = text[1:-1].strip()
    joined = "".join(text.split())
    if len(joined) % 4 == 0 and _BASE64.fullmatch(joined) and joined.startswith("LS0t"):
        return _unwrapped(base64.b64decode(joined).decode("utf-8", "replace"))
    return text


def _of_file(path: str) -> str:
    if not path:
        raise ValueError("is empty")
    try:
        return decoded(Path(path[:_LONGEST_PATH]).expanduser().read_bytes())
    except Undecodable as error:
        raise ValueError(f"the file {error}; a key in DER form becomes PEM by: openssl rsa -inform DER") from None
    except (OSError, ValueError, RuntimeError) as error:  # no such file, a zero byte, no such home
        reason = (isinstance(error, OSError) and error.strerror) or "not a path"
        raise ValueError(f"neither a PEM text nor a file that can be read ({reason})") from None


def _pem(text: str) -> str:
    text = _WRITTEN.sub("\n", text)
    found = list(_PEM.finditer(text))
    if len(found) != 1 or found[0]["kind"] not in _KINDS:
        raise ValueError(_what_it_is(text, len(found)))
    kind, body = found[0]["kind"], "".join(found[0]["body"].split())
    if len(body) % 4 or not _BASE64.fullmatch(body):
        raise ValueError("is damaged: between its first and its last line there is something that is not base64")
    return "\n".join((f"-----BEGIN {kind}-----", *textwrap.wrap(body, 64), f"-----END {kind}-----", ""))


def _what_it_is(text: str, keys: int) -> str:
    """Return what is the matter with a text in which there is not exactly one key of the right kind."""
    begun = [one["what"] for one in _BEGIN.finditer(text)]
    if keys > 1:
        return f"holds {keys} keys; give the one of the App"
    if not begun:
        return f"not an unencrypted private key; {_EXPECTED}"
    if "ENCRYPTED" in text:
        return "is encrypted; take the key as GitHub made it, or decrypt it with: openssl rsa"
    what = next((one for one in begun if one.endswith("PRIVATE KEY")), begun[0])
    if what in _KINDS:
        return f"has no line -----END {what}-----; it was cut off, perhaps at the end of its first line"
    kind = "private key of another type" if what.endswith("PRIVATE KEY") else "public key or a certificate"
    return f"is a {kind}; that of a GitHub App is RSA, and {_EXPECTED}"
