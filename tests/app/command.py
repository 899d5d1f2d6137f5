"""The command line as a program of its own, and how it refuses."""

from __future__ import annotations

import sys

BRAINFLOW = "ignore:pkg_resources is deprecated as an API:DeprecationWarning"
RUN = [sys.executable, "-W", "error", "-W", BRAINFLOW, "-c", "from myoscope.app.cli import main; main()"]


def refused(result, sentence):
    """Assert one sentence on stderr, no traceback, exit code 1."""
    assert result.returncode == 1, result.stderr
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
