"""What a benchmark stands on: a database of its own, servers on free ports that stop whatever happens, two cores."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from psycopg import connect
from psycopg.conninfo import conninfo_to_dict

from benchmarks.load import Load, Server
from server.core.embedded import postgres
from server.core.settings import ROOT, Settings

LINUX = sys.platform == "linux"
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class Stage:
    """One run's folder, database and cores."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self._stack = stack
        self._url = ""
        cores = sorted(os.sched_getaffinity(0)) if LINUX else []
        self._server_core = cores[0] if len(cores) > 1 else None
        if self._server_core is not None:
            # The load and PostgreSQL are started by this process and stay on its core. So a peer's server has the
            # other core for itself, as ours has, and what PostgreSQL does for it is not counted against it.
            os.sched_setaffinity(0, {cores[1]})
        self.pinning = (
            "each server on one core; the load and PostgreSQL on another"
            if self._server_core is not None
            else "no process is pinned to a core: one core only, or not Linux"
        )
        self.load = Load(folder)
        # What the person who runs this has set for the app is not meant for the servers measured here.
        settings = {name.upper() for name in Settings.__struct_fields__}
        self.environment = {name: value for name, value in os.environ.items() if name not in settings} | {
            "VAR": str(folder / "var")
        }

    @property
    def database(self) -> str:
        """The URL of PostgreSQL with the province's data; started and seeded when it is first asked for."""
        if not self._url:
            print("Starting PostgreSQL, seeding …", flush=True)
            url = self._stack.enter_context(postgres(Settings(var=self.folder / "var")))
            self._seed(url)
            self._url = url
        return self._url

    def another_database(self, name: str) -> str:
        """A second one beside it, with the same data."""
        own = conninfo_to_dict(self.database)["dbname"]
        with connect(self.database, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
        url = self.database.replace(f"/{own}", f"/{name}", 1)
        self._seed(url)
        return url

    def _seed(self, url: str) -> None:
        environment = self.environment | {"DATABASE_URL": url}
        command = [sys.executable, "-m", "server", "seed"]
        subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True, timeout=300)

    @contextmanager
    def serving(
        self, name: str, command: Sequence[str], ready: str, *, url: str = "", pin: bool = True, patience: int = 60
    ) -> Iterator[Server]:
        """A server while the block runs. What it says goes into a file."""
        port = free_port()
        environment = self.environment | {"PORT": str(port)}
        if url:
            parts = conninfo_to_dict(url)
            words = {"PGHOST": parts.get("host"), "PGUSER": parts.get("user"), "PGDATABASE": parts.get("dbname")}
            environment |= {"DATABASE_URL": url} | {key: str(value) for key, value in words.items() if value}
        command = [part.replace("{port}", str(port)) for part in command]
        with self.running(name, command, environment, pin=pin) as process:
            _wait_until_ready(f"http://127.0.0.1:{port}{ready}", process, self.folder / f"{name}.log", patience)
            yield Server(port, process.pid)

    @contextmanager
    def running(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], *, pin: bool | None = True
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A process while the block runs: on the core of servers, on any, or (None) where PostgreSQL runs."""
        with (self.folder / f"{name}.log").open("wb") as file:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
                preexec_fn=self.prepared(pin=pin),
            )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def prepared(self, *, pin: bool | None) -> Callable[[], None] | None:
        """What a child does before it begins: dies with us, and takes its core."""
        if not LINUX:
            return None
        core = self._server_core
        every = os.sched_getaffinity(os.getppid())
        libc = ctypes.CDLL(None)

        def prepare() -> None:
            libc.prctl(_DIE_WITH_PARENT, signal.SIGTERM)
            if core is not None and pin is not None:
                os.sched_setaffinity(0, {core} if pin else every)

        return prepare


class Process:
    """A part of the app, as the supervisor runs it on any core: killed with -9, and started again."""

    def __init__(self, stage: Stage, name: str, environment: Mapping[str, str]) -> None:
        self._command = [sys.executable, "-m", "server", name]
        self._environment, self._prepare = environment, stage.prepared(pin=False)
        self._log = (stage.folder / f"killed-{name}.log").open("ab")
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            preexec_fn=self._prepare,
        )

    def end(self, how: signal.Signals) -> None:
        self._process.send_signal(how)
        self._process.wait(30)

    def wait_until_ready(self, url: str) -> None:
        _wait_until_ready(url, self._process, Path(self._log.name), 180)

    @property
    def server(self) -> Server:
        return Server(0, self._process.pid)


@contextmanager
def killable(stage: Stage, environment: Mapping[str, str], *names: str) -> Iterator[dict[str, Process]]:
    """These parts while the block runs, whatever becomes of them meanwhile."""
    processes = {name: Process(stage, name, environment) for name in names}
    try:
        yield processes
    finally:
        for it in processes.values():
            with suppress(subprocess.TimeoutExpired):
                it.end(signal.SIGTERM)


@contextmanager
def stage() -> Iterator[Stage]:
    """Taken down at the end, at an error, at Ctrl-C and at SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="citizen-bench-", ignore_cleanup_errors=True))
        )
        # The embedded PostgreSQL of a root user runs as another user, who must get in.
        folder.chmod(0o755)
        yield Stage(folder, stack)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path, patience: int) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError, urllib.error.URLError):
            urllib.request.urlopen(url, timeout=5).close()
            return
        time.sleep(0.2)
    raise RuntimeError(f"{url} did not answer; its last words:\n{log.read_text(errors='replace')[-2000:]}")
