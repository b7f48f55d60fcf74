"""Weighs the built PWA against `budget.json`: bytes on the wire, brotli, as the build compressed them.

first       what the first visit to the first screen takes in Vietnamese: the page and every file that it names
screen      what each further screen adds, its module's words included; `already_there` is what the first screen fetches
            by itself besides
sign_in     what signing in adds in all, from the first question to the last
worker      the service worker
reader      what reads a QR, for browsers that cannot, when somebody scans
everything  all else that a phone ever fetches

The console of staff is weighed the same way, by itself: residents fetch nothing of it.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DIST = HERE / "dist"


def weight(files: set[str]) -> int:
    return sum(size(DIST / file) for file in files)


def size(file: Path) -> int:
    packed = file.with_name(file.name + ".br")
    return (packed if packed.exists() else file).stat().st_size


class App:
    """One of the two built apps, and what its parts need."""

    def __init__(self, page: str, manifest: str, budget: dict[str, Any]) -> None:
        self._parts = json.loads((DIST / ".vite" / manifest).read_text())
        self._limit = budget["screen"]["limit"]
        named = set(re.findall(r'="/((?:staff/)?assets/[^"]+)"', (DIST / page).read_text()))
        self.first = {page, *named, *budget["first"]["files"]}
        self._there = self.first | self._needed(budget["screen"]["already_there"])

    def screens(self, below: str) -> list[tuple[str, int, int]]:
        """Each screen, the bytes it adds, and its limit."""
        names = sorted(name for name in self._parts if name.startswith(below) and name.endswith(".tsx"))
        return [(name, weight(self.added_by(name)), self._limit) for name in names]

    def added_by(self, *screens: str) -> set[str]:
        # Their own words, and those of the module around them.
        words = [f"{folder}/text/vi.ts" for screen in screens for folder in Path(screen).parents]
        return self._needed([*screens, *(name for name in words if name in self._parts)]) - self._there

    def _needed(self, names: list[str]) -> set[str]:
        """The files that these parts cannot start without: themselves, what they import, their styles."""
        files: set[str] = set()
        seen: set[str] = set()
        waiting = list(names)
        while waiting:
            if (name := waiting.pop()) not in seen:
                seen.add(name)
                part = self._parts[name]
                files.update([part["file"], *part.get("css", [])])
                waiting += part.get("imports", [])
        return files


def main() -> int:
    budget = json.loads((HERE / "budget.json").read_text())
    residents = App("index.html", "manifest.json", budget)
    console = App("staff.html", "staff.json", budget["console"])
    files = {path.relative_to(DIST).as_posix() for path in DIST.rglob("*") if path.is_file()}
    sent = {file for file in files if not file.endswith((".br", ".gz")) and not file.startswith(".vite/")}
    reader = {file for file in sent if re.match(r"(staff/)?assets/decode-", file)}
    of_console = {file for file in sent - reader if file.startswith(("staff/", "staff."))}
    weighed = [
        ("first", weight(residents.first), budget["first"]["limit"]),
        *residents.screens("src/modules/"),
        ("sign_in", weight(residents.added_by(*budget["sign_in"]["parts"])), budget["sign_in"]["limit"]),
        ("worker", weight(set(budget["worker"]["files"])), budget["worker"]["limit"]),
        ("reader", max(map(size, (DIST / file for file in reader))), budget["reader"]["limit"]),
        ("everything", weight(sent - of_console - reader), budget["everything"]["limit"]),
        ("console: first", weight(console.first), budget["console"]["first"]["limit"]),
        *console.screens("src/staff/"),
        ("console: everything", weight(of_console), budget["console"]["everything"]["limit"]),
    ]
    for name, bytes_, limit in weighed:
        sys.stdout.write(f"{'ok  ' if bytes_ <= limit else 'OVER'} {bytes_:>7,} of {limit:>7,}  {name}\n")
    return int(any(bytes_ > limit for _, bytes_, limit in weighed))


if __name__ == "__main__":
    sys.exit(main())
