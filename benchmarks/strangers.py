"""What bad files cost: the tests' whole corpus, opened one by one in a process that may have little more memory."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from effort import Effort
from table import Row, duration

WITHIN_S = 1.0
MEMORY_MB = 512


def rows(effort: Effort) -> list[Row]:
    """Lay all before the process, or in a quick run each fifth."""
    if not sys.platform.startswith("linux"):
        return [Row("strangers' files", "left out: memory is limited as Linux does it")]
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from tests.recordings.strangers import meet

    with tempfile.TemporaryDirectory(prefix="myoscope-strangers-") as folder:
        meeting = meet(Path(folder), 5 if effort.quick else 1)
    slowest = max(meeting.met, key=lambda one: one.seconds)
    what = f"{len(meeting.met)} bad files and sessions"
    unsaid = [one.name for one in meeting.met if any(way.error not in ("", "SessionError") for way in one.ways)]
    return [
        Row(f"{what}: the slowest ({slowest.name})", duration(slowest.seconds), asked=f"≤ {WITHIN_S:g} s",
            ok=slowest.seconds <= WITHIN_S),
        Row(f"{what}: memory on top of the libraries", f"{meeting.peak_mb:.0f} MB", asked=f"≤ {MEMORY_MB} MB",
            ok=meeting.peak_mb <= MEMORY_MB),
        Row(f"{what}: errors that are no sentence", str(len(unsaid)), asked="0", ok=not unsaid and not meeting.status),
    ]  # fmt: skip
