"""Compresses a session and tells of each step; whoever reads it kills it at some moment."""

from __future__ import annotations

import sys

from myoscope.recordings.compaction import compact_session


def tell(share: float) -> None:
    """Print how far it is, at once."""
    print(share, flush=True)


if __name__ == "__main__":
    tell(0.0)
    compact_session(sys.argv[1], tell)
