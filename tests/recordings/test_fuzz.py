"""Every parser withstands bytes that nobody has thought of: a short form of `make fuzz`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="atheris is installed on Linux only"),
]
PROGRAM = Path(__file__).with_name("fuzz.py")
N_RUNS = 300
TARGETS = (
    *("metadata", "description", "event_file", "commit_log", "session_file", "shard_metadata", "shard"),
    *("edits", "manifest", "protocol", "overview", "xdf_chunk", "pickled", "table", "edf_head", "npy_head"),
    *("csv", "parquet", "npz", "bio", "edf", "bdf", "xdf", "zip"),
)


def fuzz(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROGRAM), *arguments]
    env = {**os.environ, "MYOSCOPE_FUZZ": str(place)}
    return subprocess.run(command, env=env, cwd=place, capture_output=True, text=True, timeout=300, check=False)


def test_every_target_is_among_them(tmp_path):
    assert set(fuzz(tmp_path).stdout.split()) == set(TARGETS)


def test_every_parser_withstands_new_bytes(tmp_path):
    done = fuzz(tmp_path, *TARGETS, f"-runs={N_RUNS}", "-max_total_time=20", "-seed=1")
    assert done.stdout.splitlines() == [f"{target}: done" for target in TARGETS], done.stderr[-3000:]
    assert done.returncode == 0
    assert list(tmp_path.glob("finding-*")) == []
    assert done.stderr.count("Done ") == len(TARGETS)
