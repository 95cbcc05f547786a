"""Who must go where there are too many connections."""

from dataclasses import dataclass

import pytest

from tracker_bridge.serving.crowd import FROM_ONE, MOST, ROOM, excess, host_of

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, eq=False)
class Connection:
    host: str
    room: int = 0
    waiting: bool = True


def many(count: int, host: str = "attacker", **more: object) -> list[Connection]:
    return [Connection(host, **more) for _ in range(count)]  # type: ignore[arg-type]  # fields by name


def test_few_connections_are_nobodys_business() -> None:
    assert list(excess([*many(FROM_ONE), *many(FROM_ONE, "proxy")])) == []


def test_of_too_many_from_one_address_those_that_came_first_go() -> None:
    genuine, idle = Connection("forge"), many(FROM_ONE + 3)

    assert list(excess([genuine, *idle])) == idle[:3]


def test_of_too_many_in_all_those_that_came_first_go() -> None:
    crowd = [Connection(f"host-{number % 50}") for number in range(MOST)]

    assert list(excess([*crowd, Connection("forge")])) == crowd[:1]


def test_what_is_being_answered_stays() -> None:
    busy, idle = many(FROM_ONE, waiting=False), many(5)

    assert list(excess([*busy, *idle])) == idle


def test_large_bodies_make_room_for_those_that_come_later() -> None:
    small = Connection("forge")
    large = [Connection(f"host-{number}", room=25 * MEBIBYTE) for number in range(7)]

    assert list(excess([small, *large])) == large[:2]
    assert sum(one.room for one in large[2:]) <= ROOM


@pytest.mark.parametrize(
    ("address", "host"),
    [
        (("192.0.2.7", 50_000), "192.0.2.7"),
        (("::ffff:192.0.2.7", 50_000, 0, 0), "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 50_000, 0, 0), "2001:db8:1:2::"),
        (("fe80::1%eth0", 50_000, 0, 2), "fe80::"),
        (("localhost", 50_000), "localhost"),
        ("", ""),
    ],
)
def test_one_sender_is_one_address_or_one_network_of_ipv6(address: object, host: str) -> None:
    assert host_of(address) == host
