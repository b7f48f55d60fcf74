"""Weighs the built PWA against `budget.json`: bytes on the wire, brotli, as the build compressed them.

first       what the first visit to the first screen takes in Vietnamese: the page and every file that it names
screen      what each further screen adds, its module's words included; `already_there` is what the first screen fetches
            after its first paint
worker      the service worker
everything  all that a phone ever fetches
"""

import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
DIST = HERE / "dist"


def weight(files: set[str]) -> int:
    return sum(size(DIST / file) for file in files)


def size(file: Path) -> int:
    packed = file.with_name(file.name + ".br")
    return (packed if packed.exists() else file).stat().st_size


def main() -> int:
    budget = json.loads((HERE / "budget.json").read_text())
    parts = json.loads((DIST / ".vite/manifest.json").read_text())

    def needed(name: str, seen: set[str]) -> set[str]:
        """The files that a part cannot start without: itself, what it imports, their styles."""
        if name in seen:
            return set()
        seen.add(name)
        part = parts[name]
        own = {part["file"], *part.get("css", [])}
        return own.union(*(needed(other, seen) for other in part.get("imports", [])))

    def all_needed(names: list[str]) -> set[str]:
        seen: set[str] = set()
        return set().union(*(needed(name, seen) for name in names))

    page = (DIST / "index.html").read_text()
    first = set(re.findall(r'="/(assets/[^"]+)"', page)) | set(budget["first"]["files"])
    there = first | all_needed(budget["screen"]["already_there"])
    screens = sorted(name for name in parts if name.startswith("src/modules/") and name.endswith(".tsx"))
    weighed = [("first", weight(first), budget["first"]["limit"])]
    for name in screens:
        # Its own words, and those of the module around it.
        words = [f"{folder}/text/vi.ts" for folder in Path(name).parents if f"{folder}/text/vi.ts" in parts]
        added = all_needed([name, *words]) - there
        weighed.append((name, weight(added), budget["screen"]["limit"]))
    weighed += [("worker", weight(set(budget["worker"]["files"])), budget["worker"]["limit"])]
    files = {path.relative_to(DIST).as_posix() for path in DIST.rglob("*") if path.is_file()}
    sent = {file for file in files if not file.endswith((".br", ".gz")) and not file.startswith(".vite/")}
    weighed += [("everything", weight(sent), budget["everything"]["limit"])]

    for name, bytes_, limit in weighed:
        sys.stdout.write(f"{'ok  ' if bytes_ <= limit else 'OVER'} {bytes_:>7,} of {limit:>7,}  {name}\n")
    return int(any(bytes_ > limit for _, bytes_, limit in weighed))


if __name__ == "__main__":
    sys.exit(main())
