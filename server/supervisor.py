"""`run`: one machine, everything on it, started and stopped together.

This process stays small: it starts the database and the others, and starts again what dies. Its children hold the
other end of a pipe, so that they stop even when this process is killed; a database left behind is found next time.
"""

import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType

import click

from server.core.embedded import postgres
from server.core.settings import ROOT, Settings, WrongSetting
from server.sandbox import bank, bus


class _Stop(BaseException):
    """Somebody wants it to stop. Like KeyboardInterrupt no error: a library that is just being loaded, and goes on
    without what it misses, must not take it for one.
    """


class _Child:
    """One command of ours, started again when it ends by itself."""

    def __init__(self, name: str, arguments: list[str], environment: dict[str, str], log: Path) -> None:
        self.name, self._arguments, self._environment, self._log = name, arguments, environment, log
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0

    def start(self) -> None:
        # A session of its own: Ctrl-C reaches the supervisor only, which stops all in order.
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._arguments,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=ROOT,
            )
        self._started = time.monotonic()

    def look_after(self) -> None:
        if self._process and self._process.poll() is not None and time.monotonic() - self._started > 2:
            say(f"{self.name} ended with {self._process.returncode}; starting it again")
            self.start()

    def ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def last_words(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-15:])

    def stop(self) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def say(sentence: str) -> None:
    click.echo(sentence)
    sys.stdout.flush()


def supervise(settings: Settings, *, reload: bool = False) -> int:
    """Run until told to stop. Returns the exit code."""
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, _raise_stop)
    try:
        with _only_one(settings):
            _refuse_taken_port(settings)
            say("Starting the database …" if not settings.database_url else "Using the database of DATABASE_URL …")
            with postgres(settings, ours=True) as url, ExitStack() as sandboxes:
                _run_all(settings, url, sandboxes, reload=reload)
    except _Stop:
        say("Stopped.")
    except (WrongSetting, click.ClickException) as error:
        say(f"Cannot start: {error.message if isinstance(error, click.ClickException) else error}")
        return 1
    except OSError as error:
        if error.errno == errno.ENOSPC:
            say(f"Cannot start: the disk that holds {settings.var} is full.")
            return 1
        raise
    return 0


def _raise_stop(_number: int, _frame: FrameType | None) -> None:
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # once is enough: stopping must not be interrupted
    raise _Stop


def _bus(settings: Settings, sandboxes: ExitStack) -> bus.Address | None:
    """In a demonstration, a system elsewhere to play with; in this process, for another one would cost 20 MB."""
    if not settings.demo or settings.lgsp_url:
        return None
    return sandboxes.enter_context(bus.serving(bus.Bus(settings.var / "sandbox" / "bus.json")))


def _bank(settings: Settings, sandboxes: ExitStack, environment: dict[str, str]) -> bank.Address | None:
    """The same for a bank and a payment gateway, which need a secret to call us with."""
    if not settings.demo or settings.vnpay_url or settings.bank_account:
        return None
    made = subprocess.run(
        [sys.executable, "-m", "server", "demo-bank"],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    words = made.stdout.split()
    partner = (words[0], words[1]) if made.returncode == 0 and len(words) == 2 else None
    if partner is None:
        say("The bank of the demonstration will not be able to call us: " + (made.stderr.strip() or "it got no secret"))
    here = f"http://{_local(settings.host)}:{settings.port}"
    return sandboxes.enter_context(bank.serving(bank.Bank(here, partner)))


def _run_all(settings: Settings, url: str, sandboxes: ExitStack, *, reload: bool) -> None:
    environment = os.environ | {"DATABASE_URL": url, "PORT": str(settings.port), "SUPERVISED": "1"}
    python = [sys.executable, "-m", "server"]
    say("Preparing the tables and the province's data (the first time takes about half a minute) …")
    prepared = subprocess.run([*python, "seed"], env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    if prepared.returncode:
        raise click.ClickException("the tables could not be prepared; the reason stands above")
    logs = settings.var / "log"
    logs.mkdir(exist_ok=True)
    far_sides = [it for it in (_bus(settings, sandboxes), _bank(settings, sandboxes, environment)) if it]
    for it in far_sides:
        environment |= it.settings()
    commands = {"web": [*python, "web"], "worker": [*python, "worker"]}
    if reload:
        # By itself, for npm does not pass on that it is told to stop; and reading, so that it sees us gone.
        vite = ROOT / "pwa" / "node_modules" / "vite" / "bin" / "vite.js"
        reading = "data:text/javascript,process.stdin.resume()"
        commands["vite"] = ["node", "--import", reading, str(vite), "--strictPort", str(ROOT / "pwa")]
    children = [_Child(name, command, environment, logs / f"{name}.log") for name, command in commands.items()]
    try:
        for child in children:
            child.start()
        _wait_until_ready(settings, children[0])
        _welcome(settings, far_sides, reload=reload)
        changed = _watch() if reload else None
        while True:
            time.sleep(0.5)
            if changed and changed():
                say("Code changed: starting web and worker again …")
                for child in children[:2]:
                    child.stop()
                    child.start()
            for child in children:
                child.look_after()
    finally:
        for child in children:
            child.stop()


def _welcome(settings: Settings, far_sides: Sequence[bus.Address | bank.Address], *, reload: bool) -> None:
    say(f"\n  Ready:  {'http://localhost:5173' if reload else settings.origin}\n")
    if settings.demo:
        say("  A demonstration: sample data, no real person.")
        # Told by a process that ends: what knows the people is not kept in this one.
        for who_and_what in ("demo-accounts", "demo-dossiers"):
            subprocess.run(
                [sys.executable, "-m", "server", who_and_what], cwd=ROOT, stdin=subprocess.DEVNULL, check=False
            )
    for it in far_sides:
        is_bus = isinstance(it, bus.Address)
        what = "Another system handles dossiers too" if is_bus else "A bank and a payment gateway"
        say(f"  {what} (a sandbox; {'move them' if is_bus else 'play them'} there): {it.page}")
    say(f"  What happens is written to {settings.var / 'log'}.")
    say("  Ctrl-C stops everything; the data stays.\n")


def _wait_until_ready(settings: Settings, web: _Child) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError, urllib.error.URLError):
            urllib.request.urlopen(f"http://{_local(settings.host)}:{settings.port}/health/ready", timeout=5).close()
            return
        if web.ended():
            raise click.ClickException(f"the web server ended at once. Its last words:\n{web.last_words()}")
        time.sleep(0.2)
    raise click.ClickException("the web server did not become ready within a minute")


def _local(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 (compared, not bound)


def _refuse_taken_port(settings: Settings) -> None:
    # The web server of a killed `run` needs a moment to notice that it is alone.
    deadline = time.monotonic() + 5
    while True:
        try:
            with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((settings.host, settings.port))
            return
        except OSError as error:
            if error.errno == errno.EACCES:
                raise WrongSetting("PORT", f"{settings.port} needs more rights; take one above 1024") from None
            if error.errno != errno.EADDRINUSE:
                raise WrongSetting("HOST", f"cannot listen on {settings.host}: {error.strerror}") from None
            if time.monotonic() > deadline:
                raise WrongSetting(
                    "PORT", f"{settings.port} is taken by another program; choose another: make run PORT=8001"
                ) from None
        time.sleep(0.2)


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """One `run` for each VAR folder. The lock goes with the process, however it ends."""
    try:
        settings.var.mkdir(parents=True, exist_ok=True)
        file = (settings.var / "run.lock").open("w")
    except OSError as error:
        raise WrongSetting("VAR", f"cannot write to {settings.var}: {error.strerror}") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WrongSetting("VAR", f"{settings.var} is in use by another `run`") from None
        yield


def _watch() -> Callable[[], bool]:
    """A function that says whether Python code changed since it was last asked."""
    from watchfiles import PythonFilter, watch  # a tool for developing

    changes = watch(ROOT / "server", watch_filter=PythonFilter(), rust_timeout=10, yield_on_timeout=True)
    return lambda: bool(next(changes))
