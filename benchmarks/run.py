"""Measure everything against its peers, on this machine, in one run, and print one table.

Nothing here fails because something is slow: the table says what was asked and whether it was so.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import sys
import time
import traceback
from pathlib import Path

PARTS = (
    "ring",
    "envelope",
    "filters",
    "recorder",
    "overview",
    "replay",
    "compaction",
    "export",
    "strangers",
    "frame",
    "scaling",
    "age",
    "endtoend",
    "startup",
)
ON_SCREEN = PARTS[PARTS.index("frame") :]
DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
MARKED = re.compile(r"(<!-- figures -->\n).*(<!-- end of figures -->)", re.DOTALL)


def main() -> int:
    """Run what the command line asks for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute in all; the figures are rough")
    parser.add_argument("--long", action="store_true", help="watch the memory for ten minutes")
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this part; may be given again")
    parser.add_argument("--save", action="store_true", help=f"keep the table in {DOCUMENT.name}")
    options = parser.parse_args()

    # One thread each, or libraries that start their own would be measured on the cores of the others.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    from effort import Effort
    from table import as_text, machine

    effort = Effort(options.quick, options.long)
    rows, crashed = [], []
    for part in options.only or PARTS:
        if part in ON_SCREEN and not sys.platform.startswith("linux"):
            print(f"{part}: left out, it needs Xvfb and Mesa's null driver, which are for Linux.", file=sys.stderr)
            continue
        begun = time.monotonic()
        print(f"{part} …", end=" ", file=sys.stderr, flush=True)
        try:
            rows += importlib.import_module(part).rows(effort)
        except Exception:  # noqa: BLE001  the other parts are still worth measuring; the status tells
            traceback.print_exc()
            crashed.append(part)
        print(f"{time.monotonic() - begun:.0f} s", file=sys.stderr)
    text = f"{machine()}\n\n{as_text(rows)}\n"
    print(text)
    if options.save:
        page = DOCUMENT.read_text(encoding="utf-8")
        DOCUMENT.write_text(MARKED.sub(lambda found: f"{found[1]}\n{text}\n{found[2]}", page), encoding="utf-8")
    if crashed:
        print(f"Crashed: {', '.join(crashed)}.", file=sys.stderr)
    return 1 if crashed else 0


if __name__ == "__main__":
    sys.exit(main())
