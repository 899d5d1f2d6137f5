"""A recording whose program is killed, at thirty random moments."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import zarr

from myoscope.recordings import check_session, open_session

from .victim import EMG, FORCE, N_LOST, rows

N_KILLS = int(os.environ.get("MYOSCOPE_TEST_KILLS", "30"))
VICTIM = Path(__file__).with_name("victim.py")


def killed(folder: Path, n_lines: int, moment: float) -> dict:
    """Let the victim tell so many times what it has written, kill it a moment later; return what it told last."""
    with subprocess.Popen([sys.executable, str(VICTIM), str(folder)], stdout=subprocess.PIPE) as victim:
        try:
            for _ in range(n_lines):
                victim.stdout.readline()
            with suppress(subprocess.TimeoutExpired):
                victim.wait(timeout=moment)
        finally:
            victim.kill()
        # Lines that were on their way count: what they say was true before the end.
        told = victim.stdout.read().splitlines(keepends=True)
        victim.wait(timeout=30)
    whole = [line for line in told if line.endswith(b"\n")]
    return json.loads(whole[-1]) if whole else {"written": {}, "acknowledged": {}}


@pytest.mark.parametrize("number", range(N_KILLS))
def test_nothing_written_is_lost_and_nothing_is_invented(tmp_path, number):
    chance = random.Random(f"kill {number}")
    told = killed(tmp_path, 1 if number < 3 else chance.randrange(1, 120), chance.uniform(0, 0.02))
    session = open_session(tmp_path)
    assert session.state == "recovered"
    assert "nothing written is missing" in session.recovered
    for name, info in (("emg", EMG), ("force", FORCE)):
        stream = session.streams[name]
        assert stream.n_samples >= told["written"].get(name, 0) >= told["acknowledged"].get(name, 0)
        data, timestamps = stream.read()
        assert data.tobytes() == rows(0, stream.n_samples, info).tobytes()
        assert (np.diff(timestamps) > 0).all()
    emg = session.streams["emg"]
    assert emg.n_lost % N_LOST == 0
    if emg.n_samples:
        delivered = round(emg.last_timestamp * EMG.fs) + 1
        # A gap is named before the samples after it are written, so the last one may have none after it.
        assert emg.n_samples + emg.n_lost - delivered in (0, N_LOST)
    group = zarr.open_group(session.path, mode="r")
    assert group["emg/samples"][:].tobytes() == emg.read()[0].tobytes()
    report = check_session(session.path)
    assert (report["ok"], report["problems"]) == (True, [])
    session.close()
