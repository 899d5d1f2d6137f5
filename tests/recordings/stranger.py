"""Opens one file or session after the other, with little memory; says how each ended.

Run as a program: it reads one JSON object a line, ``{"path": …, "out": …}``, and answers each with one. Paths are
opened as a person would have it: a file is imported into ``out``, a session is opened, its samples, events and overview
are read, and it is checked. ``{"limit": bytes}`` lets the program have so much more memory than it has, and no more.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from myoscope.recordings import SessionError, check_session, open_session
from myoscope.recordings.formats import import_file

STATUS = Path("/proc/self/status")


def read_all(path: Path) -> None:
    """Read a session as a viewer would."""
    with open_session(path) as session:
        session.events, session.about, session.report()
        for stream in session.streams.values():
            stream.read(0, 1000)
            stream.read(max(0, stream.n_samples - 1000))
            stream.overview(100)
            _ = stream.channels_about


def ended(work: Callable[[], str]) -> dict[str, object]:
    """Return how it ended: the kind of error, empty without one, what was said, and what it took, s."""
    wall, cpu, error = time.perf_counter(), time.process_time(), ""
    try:
        text = work()
    except SessionError as refused:
        error, text = "SessionError", str(refused)
    except BaseException as other:  # noqa: BLE001  whatever it is, it is the finding
        error, text = type(other).__name__, str(other)[:500]
    took = {"seconds": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    return {"error": error, "text": text, **took}


def read(path: Path) -> str:
    """Read a session; return that it was."""
    read_all(path)
    return "read"


def checked(path: Path) -> str:
    """Check a session; return the first thing that contradicts itself, or that nothing does."""
    report = check_session(path)
    return "read" if report["ok"] else f"read, but {report['problems'][0]}"


def imported(path: Path, out: Path) -> str:
    """Make a session of a file, read and check it."""
    made = import_file(path, out).path
    read_all(made)
    return checked(made)


def megabytes(field: str) -> float:
    """Return a figure of this process's memory, MB."""
    line = next(line for line in STATUS.read_text(encoding="ascii").splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024 / 1e6


def answer(order: dict[str, str]) -> dict[str, object]:
    """Do one thing; return how it went."""
    path = Path(order["path"])
    if path.is_dir():
        return {"opened": ended(lambda: read(path)), "checked": ended(lambda: checked(path))}
    return {"opened": ended(lambda: imported(path, Path(order["out"])))}


def main() -> None:
    """Answer until there is nothing more to do."""
    warnings.simplefilter("error", ResourceWarning)
    for line in sys.stdin:
        order = json.loads(line)
        if "limit" in order:
            limit = int(megabytes("VmSize") * 1e6) + order["limit"]
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
            said: dict[str, object] = {"resident_mb": megabytes("VmRSS")}
        else:
            said = answer(order)
        print(json.dumps({**said, "peak_mb": megabytes("VmHWM")}), flush=True)


if __name__ == "__main__":
    main()
