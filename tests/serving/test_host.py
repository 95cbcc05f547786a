"""The production server: how it stops, what survives what, and odd requests over a real socket."""

import os
import signal
import socket
from pathlib import Path

import pytest
from flask import Flask

from tests.serving.conftest import Program, Start, eventually
from tracker_bridge.hints import QueueError
from tracker_bridge.hints.sqlite import SqliteHints
from tracker_bridge.serving import host

MEBIBYTE = 1024 * 1024


@pytest.fixture
def queue(tmp_path: Path) -> Path:
    return tmp_path / "hints.sqlite3"


@pytest.fixture
def quick(start: Start, queue: Path) -> Program:
    program = start("tests.serving.served", 0, queue, "quick")
    program.answers()
    return program


@pytest.fixture
def slow(start: Start, queue: Path) -> Program:
    """A server with a look under way that does not end by itself."""
    program = start("tests.serving.served", 0, queue, "slow")
    program.answers()
    assert program.deliver() == 202
    program.says("begun github:acme/api#1")
    return program


def create_no_app() -> Flask:
    pytest.fail("the application was loaded")


def free(queue: Path) -> bool:
    try:
        SqliteHints(queue).close()
    except QueueError:
        return False
    return True


def test_a_delivery_becomes_a_look(quick: Program) -> None:
    assert quick.deliver() == 202
    quick.says("ended github:acme/api#1")


def test_sigterm_finishes_the_look_under_way_and_exits_with_0(slow: Program, queue: Path) -> None:
    slow.process.terminate()
    eventually(lambda: slow.request("GET", "/healthz") == 0, "that it stops listening")
    assert slow.process.poll() is None
    queue.with_suffix(".go").touch()

    assert slow.ends() == 0
    assert slow.said[-2:] == ["ended github:acme/api#1", "finished"]
    assert free(queue)


def test_ctrl_c_reaches_both_processes_and_does_the_same(slow: Program, queue: Path) -> None:
    os.killpg(slow.process.pid, signal.SIGINT)
    queue.with_suffix(".go").touch()

    assert slow.ends() == 0
    assert slow.said[-2:] == ["ended github:acme/api#1", "finished"]


def test_a_parent_that_is_killed_takes_the_worker_with_it(slow: Program, queue: Path) -> None:
    slow.process.kill()
    queue.with_suffix(".go").touch()

    slow.says("finished")
    eventually(lambda: free(queue), "that the worker lets go of the queue")


def test_a_worker_that_is_killed_ends_the_parent_with_1_and_the_next_one_goes_on(
    slow: Program, queue: Path, start: Start
) -> None:
    os.kill(slow.worker, signal.SIGKILL)
    assert slow.ends() == 1

    following = start("tests.serving.served", 0, queue, "quick")
    following.says("ended github:acme/api#1")


def test_a_port_in_use_is_said_in_plain_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(host.PortTaken, match=f"127.0.0.1, port {port}: the port is in use"):
            host.run(create_no_app, host="127.0.0.1", port=port, threads=1, grace=1)


def test_the_port_of_another_server_like_this_one_is_in_use_too(quick: Program) -> None:
    with pytest.raises(host.PortTaken, match="the port is in use"):
        host.run(create_no_app, host="127.0.0.1", port=quick.port, threads=1, grace=1)


def test_an_address_that_is_not_of_this_machine_is_named() -> None:
    with pytest.raises(host.PortTaken, match=r"Can not listen on 192\.0\.2\.1, port"):
        host.run(create_no_app, host="192.0.2.1", port=0, threads=1, grace=1)


def test_odd_requests_are_answered_and_the_server_goes_on(quick: Program) -> None:
    statuses = [
        quick.deliver("wrong"),
        quick.request("POST", "/hooks/github", b"{}", {"X-Secret": "\xe9\xff"}),
        quick.request("POST", "/hooks/gitlab", b"{}"),
        quick.request("GET", "/hooks/github"),
        quick.request("POST", "/hooks/github", (b"x" * MEBIBYTE for _ in range(2))),
        quick.request("POST", "/hooks/github", (b"x" * MEBIBYTE for _ in range(6))),
        quick.request("POST", "/hooks/github", headers={"Content-Length": str(6 * MEBIBYTE)}),
        quick.deliver(),
    ]

    assert statuses == [401, 401, 404, 405, 401, 413, 413, 202]
