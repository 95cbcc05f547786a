"""Programs that need not import what they are made of: forked from a process that has, as ``work`` has its own."""

import io
import multiprocessing
import os
import resource
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path
from tempfile import TemporaryDirectory

IMPORTED = "tests.serving.imported_all"


def forking() -> ForkServerContext:
    """Return what makes processes that need not import what a bridge imports."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([IMPORTED])
    return context


class Forked:
    """
    ``python -m MODULE ARGUMENTS`` in a fork; it is asked as a ``subprocess.Popen`` is.

    It is a process like any other, in a group of its own. Only what would be imported is there, so it does not
    show what is imported, nor what is done where a program is installed; and ``atexit`` does nothing. ``told`` is
    its standard input.
    """

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        environ: Mapping[str, str],
        out: Path,
        log: Path,
        *,
        told: bytes = b"",
    ) -> None:
        files = resource.getrlimit(resource.RLIMIT_NOFILE)
        more = {"out": str(out), "log": str(log), "files": files, "told": told}
        self._process = forking().Process(
            target=_run, args=(module, arguments, dict(environ)), kwargs=more, daemon=True
        )
        self._process.start()
        self.pid = self._process.pid or 0

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, seconds: float) -> int:
        self._process.join(seconds)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, seconds)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _run(
    module: str,
    arguments: Sequence[str],
    environ: Mapping[str, str],
    *,
    out: str,
    log: str,
    files: tuple[int, int],
    told: bytes,
) -> None:
    os.setsid()
    for path, number in ((out, 1), (log, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT), number)
    sys.stdin = io.TextIOWrapper(io.BytesIO(told))
    resource.setrlimit(resource.RLIMIT_NOFILE, files)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv[1:] = arguments
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def run(
    command: Sequence[str],
    *,
    input: bytes,  # noqa: A002 - the name that it has there
    env: Mapping[str, str],
    timeout: float,
    **_: object,
) -> "subprocess.CompletedProcess[bytes]":
    """Do as ``subprocess.run`` for ``python -P -m MODULE``, which answers a question on its standard input."""
    _python, _option, _of_module, module, *arguments = command
    with TemporaryDirectory() as folder:
        out, log = Path(folder, "out"), Path(folder, "log")
        process = Forked(module, arguments, env, out, log, told=input)
        try:
            code = process.wait(timeout)
        finally:
            process.kill()
        return subprocess.CompletedProcess(command, code, out.read_bytes(), log.read_bytes())
