"""How long `import myoscope` takes, and from the command to a window on the screen: fresh processes, warm caches."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from statistics import median

from effort import Effort
from screen import HEIGHT, HERE, WIDTH, environment
from table import Row, duration

from myoscope.app.virtual_display import virtual_display

IMPORT_S = 0.5
WINDOW_S = 3.0
IMPORTS = (
    ("import myoscope", IMPORT_S),
    ("from myoscope import App, Stream, SignalViewer, SyntheticSource", None),
)
COMMANDS = (("view", "synthetic:64"), ())


def rows(effort: Effort) -> list[Row]:
    """Measure imports, the start screen, and a window with a device."""
    found = []
    n = 3 if effort.quick else 7
    for statement, least in IMPORTS:
        spent = median(_imported(statement) for _ in range(n))
        asked, ok = ("", None) if least is None else (f"≤ {least:g} s", spent <= least)
        found.append(Row(statement, duration(spent), "", "", asked, ok))
    with virtual_display(WIDTH, HEIGHT), tempfile.TemporaryDirectory(prefix="myoscope-bench-") as scratch:
        variables = environment(scratch, "llvmpipe")
        for command in COMMANDS[:1] if effort.quick else COMMANDS:
            # The first run fills the caches of the disk and of numba.
            times = [_shown(command, variables) for _ in range(2 if effort.quick else 6)][1:]
            spent = median(times)
            what = f"from «{' '.join(('myoscope', *command))}» to a window on the screen"
            found.append(Row(what, duration(spent), "", "", f"≤ {WINDOW_S:g} s", spent <= WINDOW_S))
    return found


def _imported(statement: str) -> float:
    """Return what a statement takes in a fresh process, s, Python's own start left out."""
    code = f"import time; begun = time.perf_counter(); {statement}; print(time.perf_counter() - begun)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    return float(done.stdout)


def _shown(command: tuple[str, ...], variables: dict[str, str]) -> float:
    """Return how long after the start of the process the second frame was on the screen, s."""
    words = [sys.executable, str(HERE / "first_frame.py"), *command]
    variables = {**variables, "MYOSCOPE_BENCH_STARTED": str(time.monotonic())}
    done = subprocess.run(words, env=variables, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return float(json.loads(done.stdout.splitlines()[-1])["shown_s"])
