"""Opens whatever lies in a folder, one file or session after the other, with little memory; says how each ended.

Run as a program: `python stranger.py FOLDER OUT`. Prints one JSON object a line. What is opened is read too.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
import time
import warnings
from pathlib import Path

from myoscope.recordings import SessionError, check_session, open_session
from myoscope.recordings.formats import FORMATS, _function, import_file

MEMORY_BYTES = 512 * 2**20


def read_all(path: Path) -> None:
    """Read a session as a viewer would."""
    with open_session(path) as session:
        session.events, session.about, session.report()
        for stream in session.streams.values():
            stream.read(0, 1000)
            stream.read(max(0, stream.n_samples - 1000))
            stream.overview(100)


def look(path: Path, out: Path) -> str:
    """Open one; return what kind of thing came of it."""
    if path.is_dir():
        read_all(path)
        return "opened"
    made = import_file(path, out).path
    read_all(made)
    report = check_session(made)
    return "read" if report["ok"] else f"read, but {report['problems'][0]}"


def limit_memory() -> None:
    """Let this process take so much more than it has now, and no more."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    bytes_now = pages * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (bytes_now + MEMORY_BYTES,) * 2)


def main() -> None:
    """Look at everything in the folder."""
    warnings.simplefilter("error", ResourceWarning)
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    for one in FORMATS:
        if one.reads:
            _function(one, "read")
    # What libraries load when first used is theirs, not a file's.
    for good in sorted((folder / "good").iterdir()) if (folder / "good").is_dir() else []:
        print(json.dumps({"name": f"good/{good.name}", **ended(good, out / good.name)}), flush=True)
    limit_memory()
    for path in sorted((folder / "bad").iterdir()):
        print(json.dumps({"name": path.name, **ended(path, out / path.name)}), flush=True)


def ended(path: Path, out: Path) -> dict[str, object]:
    """Return how it went."""
    begun, error, text = time.perf_counter(), "", ""
    try:
        text = look(path, out)
    except SessionError as refused:
        error, text = "SessionError", str(refused)
    except BaseException as other:  # noqa: BLE001  whatever it is, it is the finding
        error, text = type(other).__name__, str(other)[:500]
    seconds = time.perf_counter() - begun
    left = sorted(str(p.relative_to(out)) for p in out.rglob("*")) if out.is_dir() else []
    shutil.rmtree(out, ignore_errors=True)
    return {"error": error, "text": text, "seconds": round(seconds, 3), "left": left[:5]}


if __name__ == "__main__":
    main()
