"""Who is believed: secrets, two at a time, and the signatures that senders give over the bytes that they send."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from tests.alerts.test_senders import SAMPLES
from tracker_bridge.alerts.amazon import Certificates
from tracker_bridge.alerts.payload import Payload, object_of
from tracker_bridge.alerts.proof import Forged
from tracker_bridge.alerts.proving import Prover
from tracker_bridge.alerts.senders.sns import is_amazons, signed_text

NOW = datetime.fromtimestamp(1795863000, UTC)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def prove(
    kind: str,
    headers: dict[str, str],
    body: bytes,
    *secrets: str,
    query: dict[str, str] | None = None,
    **more: Any,
) -> None:
    prover = Prover(kind, [one.encode() for one in secrets], more.pop("certificates", Certificates()), **more)
    prover.prove(Payload(headers, body), query or {}, more.get("now", NOW))


GRAFANA = "7923f9077ec17a1384952792b4a454bcd8ed58968cb884499b03c271d5235b11"
GRAFANA_OF_NOW = "151996db1b696899a77ff85d17503b2847f9e24886f6ff4ba4c7232e5d599a0a"
PAGERDUTY = (
    "v1=1581eca3dbd13cc961496cf95cdf98ed19eb3b372dbe5555e0fcced3e99bf69d,"
    "v1=acc05a8761ba57dc697374fa3aeee7975435a107f8665671f6a00cbc19d5880a"
)
SENTRY = "4d03d91629abcb43d28c731f1523226e78ad1095b2fa60b4e52fe382fc1eee54"


def test_the_signatures_that_senders_give_are_believed() -> None:
    prove("grafana", {"x-grafana-alerting-signature": GRAFANA}, sample("grafana-firing.json"), "s3cr3t")
    prove("pagerduty", {"x-pagerduty-signature": PAGERDUTY}, sample("pd-triggered.json"), "new-secret")
    prove("pagerduty", {"x-pagerduty-signature": PAGERDUTY}, sample("pd-triggered.json"), "other", "old-secret")
    prove("sentry", {"sentry-hook-signature": SENTRY}, sample("sentry-event-alert.json"), "client-secret")


@pytest.mark.parametrize(
    ("kind", "header", "value", "name"),
    [
        ("grafana", "x-grafana-alerting-signature", GRAFANA, "grafana-firing.json"),
        ("pagerduty", "x-pagerduty-signature", PAGERDUTY, "pd-triggered.json"),
        ("sentry", "sentry-hook-signature", SENTRY, "sentry-event-alert.json"),
    ],
)
def test_a_signature_fits_its_bytes_and_its_secret_only(kind: str, header: str, value: str, name: str) -> None:
    for sent, body, secret in (
        (value, sample(name) + b" ", "s3cr3t"),
        (value, sample(name), "another"),
        ("", sample(name), "s3cr3t"),
        ("v2=" + value, sample(name), "s3cr3t"),
        ("\ud800é", sample(name), "s3cr3t"),
    ):
        with pytest.raises(Forged):
            prove(kind, {header: sent, "authorization": f"Bearer {secret}"}, body, secret)


def test_a_signed_time_must_be_of_now() -> None:
    headers = {"x-grafana-alerting-signature": GRAFANA_OF_NOW, "x-grafana-alerting-timestamp": "1795863000"}
    header = "X-Grafana-Alerting-Timestamp"
    body = sample("grafana-firing.json")
    prove("grafana", headers, body, "s3cr3t", timestamp_header=header)
    prover = Prover("grafana", [b"s3cr3t"], Certificates(), header)
    for now in (NOW + timedelta(minutes=6), NOW - timedelta(minutes=6)):
        with pytest.raises(Forged, match="from another time"):
            prover.prove(Payload(headers, body), {}, now)
    with pytest.raises(Forged, match="it has no time"):
        prover.prove(Payload({"x-grafana-alerting-signature": GRAFANA_OF_NOW}, body), {}, NOW)


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"authorization": "Bearer first"}, {}),
        ({"authorization": "bearer second"}, {}),
        ({"authorization": "second"}, {}),
        ({"authorization": "GenieKey first"}, {}),
        ({"authorization": "Basic " + base64.b64encode(b":first").decode()}, {}),
        ({"authorization": "Basic " + base64.b64encode(b"any:first").decode()}, {}),
        ({"x-alert-token": "second"}, {}),
        ({}, {"token": "first"}),
    ],
)
def test_a_secret_is_believed_in_each_place_where_senders_can_put_it(
    headers: dict[str, str], query: dict[str, str]
) -> None:
    for kind in ("alertmanager", "datadog", "pagerduty", "sentry", "grafana", "sns"):
        prove(kind, headers, b"{}", "first", "second", query=query)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer third", "Basic é", "Basic Zmlyc3Q=", "Basic :", "Bearer \udcff"]
)
def test_anything_else_is_not(header: str) -> None:
    with pytest.raises(Forged, match=r"^it(s| has no) secret"):
        prove("alertmanager", {"authorization": header}, b"{}", "first", "second")


class Amazon:
    """Signs as Amazon does, with a certificate of its own."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.example")])
        made = x509.CertificateBuilder(name, name, self.key.public_key(), 7, NOW, NOW + timedelta(days=9))
        self.certificate = made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def get(self, _: str) -> bytes:
        return self.certificate

    def signed(self, name: str, **other: str) -> bytes:
        message = {**object_of(sample(name)), **other}
        digest = hashes.SHA1() if message["SignatureVersion"] == "1" else hashes.SHA256()
        signature = self.key.sign(signed_text(message), padding.PKCS1v15(), digest)
        message["Signature"] = base64.b64encode(signature).decode()
        return json.dumps(message).encode()


AMAZON = Amazon()


@pytest.mark.parametrize(
    "name",
    ["sns-cloudwatch-alarm.json", "sns-text.json", "sns-subscription-confirmation.json"],
)
@pytest.mark.parametrize("version", ["1", "2"])
def test_what_amazon_signs_is_believed_for_a_topic_that_is_named(name: str, version: str) -> None:
    asked: list[str] = []

    def get(address: str) -> bytes:
        asked.append(address)
        return AMAZON.certificate

    certificates = Certificates(get)
    body = AMAZON.signed(name, SignatureVersion=version)
    for _ in range(3):
        prove("sns", {}, body, "s3cr3t", topics=frozenset({TOPIC}), certificates=certificates)
    assert len(asked) == 1
    with pytest.raises(Forged, match="it has no secret"):
        prove("sns", {}, body, "s3cr3t", certificates=certificates)
    with pytest.raises(Forged, match="another topic"):
        prove("sns", {}, body, "s3cr3t", topics=frozenset({"arn:other"}), certificates=certificates)


@pytest.mark.parametrize(
    "change",
    [
        {"Message": "another"},
        {"SignatureVersion": "3"},
        {"Type": "Other"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com.example.org/a.pem"},
        {"SigningCertURL": "http://sns.eu-west-1.amazonaws.com/a.pem"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com/a.txt"},
        {"Signature": "no base64"},
        {"Signature": ""},
    ],
)
def test_a_message_that_amazon_did_not_sign_so_is_not(change: dict[str, str]) -> None:
    message = {**object_of(AMAZON.signed("sns-text.json")), **change}
    certificates = Certificates(AMAZON.get)
    with pytest.raises(Forged):
        prove("sns", {}, json.dumps(message).encode(), "s", topics=frozenset({TOPIC}), certificates=certificates)


@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=1", True),
        ("https://sns.cn-north-1.amazonaws.com.cn/?Action=ConfirmSubscription", True),
        ("https://sns.eu-west-1.amazonaws.com@example.org/", False),
        ("https://sns.eu-west-1.amazonaws.com\\@example.org/", False),
        ("https://example.org/?https://sns.eu-west-1.amazonaws.com/", False),
        ("https://s3.eu-west-1.amazonaws.com/bucket/x.pem", False),
        ("https://sns.eu-west-1.amazonaws.com:8443/", False),
        ("https://169.254.169.254/", False),
    ],
)
def test_only_addresses_of_sns_are_asked(address: str, right: bool) -> None:
    assert is_amazons(address) is right
    asked: list[str] = []

    def get(one: str) -> bytes:
        asked.append(one)
        return b""

    if right:
        Certificates(get).confirm({"SubscribeURL": address})
    else:
        with pytest.raises(Forged):
            Certificates(get).confirm({"SubscribeURL": address})
    assert asked == [address] * right
