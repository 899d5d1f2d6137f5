"""Files that nobody should have to open: made here, one function a kind of file, each bad in a way of its own.

Each must be refused, unless it says that it may also be read, as long as nothing but a session comes of it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from .strange_arrays import bio_files, npz_files, parquet_files
from .strange_bytes import Stranger
from .strange_edf import edf_files
from .strange_xdf import xdf_files
from .strange_zips import zip_files


def _csv_files() -> Iterator[Stranger]:
    def one(name: str, make: Callable[[], bytes], may_open: bool = False) -> Stranger:
        return Stranger(f"csv, {name}", ".csv", make, may_open)

    head = b"time [s] at 100 Hz,a [V],b [V]\n"
    yield one("empty", lambda: b"")
    yield one("nothing but a heading", lambda: head)
    yield one("zeros", lambda: b"\0" * 10_000)
    yield one("noise", lambda: np.random.default_rng(2).bytes(50_000))
    yield one("a line of 70 MB", lambda: b"x" * (70 * 2**20))
    yield one("a cell of 20 MB", lambda: head + b'0,"' + b"1" * (20 * 2**20) + b'",1\n')
    yield one("a quarter of a million columns", lambda: b",".join([b"a"] * 250_000) + b"\n")
    yield one("64 MiB of long lines of commas", lambda: (b"," * 60_000 + b"\n") * 1100)
    yield one("64 MiB of longer lines of commas", lambda: (b"x" + b"," * 3_000_000 + b"\n") * 21)
    yield one("64 MiB of ends of lines behind a table", lambda: head + b"0,1,2\n0.01,1,2\n" + b"\n" * 2**26, True)
    yield one("64 MiB of rows, the last one torn", lambda: head + b"0.01,1.5,2.5\n" * 5_000_000 + b"0.01,1.")
    yield one("a short row", lambda: head + b"0,1,2\n0.01,1\n", True)
    yield one("a long row", lambda: head + b"0,1,2\n0.01,1,2,3,4\n", True)
    yield one("words for numbers", lambda: head + b"0,1,2\n0.01,one,two\n")
    yield one("a quote without end", lambda: head + b'0,1,"2\n' * 3, True)
    yield one("UTF-16", lambda: "time,a\n0,1\n".encode("utf-16"), True)
    yield one("numbers beyond all numbers", lambda: head + b"0,1e400,-1e400\n", True)
    yield one("a number of 5,000 digits", lambda: head + b"0," + b"9" * 5000 + b",1\n", True)
    yield one("times that are no numbers", lambda: head + b"nan,1,2\ninf,1,2\n", True)
    yield one("times that run backwards", lambda: head + b"5,1,2\n0,1,2\n-3,1,2\n", True)
    yield one("a rate of nothing", lambda: b"time [s] at 0 Hz,a\n0,1\n", True)
    yield one("a rate of 1e30", lambda: b"time [s] at 1e30 Hz,a\n0,1\n1,2\n", True)
    yield one("formulas for names", lambda: b"time [s] at 100 Hz,=cmd|' /C calc'!A0,@b\n0,1,2\n", True)


def strange_files(good: Path) -> list[Stranger]:
    """Return all files; `good` is a session that is fine."""
    files = [*xdf_files(), *edf_files(), *_csv_files(), *npz_files(), *bio_files(), *parquet_files()]
    return [*files, *zip_files(good), *_other_names()]


def _other_names() -> Iterator[Stranger]:
    yield Stranger("no suffix at all", "", lambda: b"hello")
    yield Stranger("a suffix nobody knows", ".exe", lambda: b"MZ" + b"\0" * 100)
    yield Stranger("gzip that is an XDF", ".xdfz", lambda: zlib.compress(b"\0" * 10**6))
    yield Stranger("a session's metadata", ".json", lambda: json.dumps({"zarr_format": 3}).encode())
