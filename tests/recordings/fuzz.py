"""Throws ever new bytes at one parser, guided by what they reach; any error but `SessionError` is a finding.

Run as a program: `python fuzz.py TARGET… [libFuzzer's options]`, such as `-max_total_time=60`; `python fuzz.py` lists
the targets. It works in the folder that MYOSCOPE_FUZZ names, and leaves what it finds there. `make fuzz` runs each for
a minute or more. Needs atheris (Linux, macOS).
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import shutil
import struct
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import NoReturn

import atheris
import google_crc32c
from numcodecs import blosc

with atheris.instrument_imports(include=["myoscope.recordings", "myoscope.sources.info"]):
    from importlib import import_module

    import numpy as np

    from myoscope.recordings import edf_annotations, edf_header, xdf_chunks
    from myoscope.recordings.about import About, ChannelAbout, channels_of
    from myoscope.recordings.about_edits import parse_edits
    from myoscope.recordings.arrays import ArrayLayout
    from myoscope.recordings.bio_unpickling import Lying, unpickle
    from myoscope.recordings.commits import RECORD_BYTES, decode
    from myoscope.recordings.csv_lines import DELIMITERS, Table, TextLines, is_number, numbers, rows_of_lines
    from myoscope.recordings.errors import SessionError
    from myoscope.recordings.event_lines import parse_events
    from myoscope.recordings.extremes import Extremes
    from myoscope.recordings.formats import FORMATS, export_session
    from myoscope.recordings.gaps import Gap
    from myoscope.recordings.layout import parse_json
    from myoscope.recordings.lines import read_lines
    from myoscope.recordings.manifest import read_manifest, verify_manifest
    from myoscope.recordings.npz_members import read_header
    from myoscope.recordings.overview import Overview
    from myoscope.recordings.places import LocalPlace
    from myoscope.recordings.progress import no_progress
    from myoscope.recordings.protocol import RecordingProtocol
    from myoscope.recordings.session import open_session
    from myoscope.recordings.shard_codec import decode_index, decode_inner
    from myoscope.recordings.shards import CRC_BYTES, ShardLayout
    from myoscope.sources import SourceError, StreamInfo

sys.path.append(str(Path(__file__).resolve().parents[2]))
from tests.recordings import strange_bytes, strange_edf, strange_files
from tests.recordings.sessions import recorded

SHARD = ShardLayout(Path("emg"), np.dtype("<i2"), (4,), 128, 64, (4,), 64)
TOO_LARGE = ("bomb", "30,000", "70 MB", "20 MB", "quarter of a million", "million channels", "every other sample")
HERE = Path(os.environ.get("MYOSCOPE_FUZZ") or tempfile.mkdtemp(prefix="myoscope-fuzz-"))
FILE = HERE / "file"


class NoBuilder:
    """Takes what a reader makes of a file and checks that it keeps the contract; writes nothing."""

    def __init__(self, about: About | None = None, **_: object) -> None:
        assert about is None or isinstance(about, About)
        self._infos: dict[str, StreamInfo] = {}
        self.path = HERE / "none.myo"

    def __enter__(self) -> NoBuilder:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def describe(self, **changes: object) -> None:
        """Take words."""

    def stream(self, name: str, info: StreamInfo, *_: object, **__: object) -> str:
        """Take a stream."""
        assert isinstance(info, StreamInfo)
        assert not info.is_text
        self._infos[name] = info
        return name

    def write(self, name: str, data: np.ndarray, timestamps: np.ndarray, lost: int = 0, cause: str = "") -> None:
        """Take samples."""
        assert data.shape == (len(timestamps), *self._infos[name].sample_shape)
        assert np.asarray(timestamps).dtype == np.float64
        assert lost >= 0

    def gap(self, name: str, t_first: float, t_last: float, n_lost: int, cause: str) -> None:
        """Take a gap."""
        assert name in self._infos
        assert n_lost >= 0

    def event(self, event: object) -> None:
        """Take an event."""

    def clock_offset(self, *_: object) -> None:
        """Take an offset."""

    def finish(self) -> Path:
        """Do nothing."""
        return self.path

    def discard(self) -> None:
        """Do nothing."""


def read_file(name: str, data: bytes) -> None:
    """Give a format's reader a file; `import_file` makes a sentence of what the file system says, too."""
    wanted = next(one for one in FORMATS if one.name == name)
    path = FILE.with_suffix(wanted.reads[0])
    path.write_bytes(data)
    read = import_module(f"myoscope.recordings.{wanted.module}").read
    unpacked = HERE / "unpacked"
    try:
        if wanted.unpacks:
            made = read(path, unpacked, no_progress)
            assert made.path.is_relative_to(unpacked)
        else:
            read(path, NoBuilder, no_progress)
    except OSError as error:
        if not error.strerror:
            # No word of the file system's: somebody forgot what a library raises.
            raise AssertionError(repr(error)) from error
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)


def metadata(data: bytes) -> None:
    """Read attributes as those of a session, a group and an array."""
    values = parse_json(data, "the file")
    About.from_json(values)
    channels_of(values, 4)
    ArrayLayout.parse(HERE, values)


def description(data: bytes) -> None:
    """Read a stream's description and a gap."""
    values = parse_json(data, "the file")
    Gap.from_json(values)
    StreamInfo.from_json(values)


def event_file(data: bytes) -> None:
    """Read a file of lines as events."""
    FILE.write_bytes(data)
    parse_events(read_lines(FILE).objects)


def commit_log(data: bytes) -> None:
    """Read a commit log."""
    assert len(decode(data)) <= len(data) // RECORD_BYTES


def session_file(data: bytes) -> None:
    """Open a session whose ``zarr.json`` is whatever it is."""
    folder = HERE / "session.myo"
    folder.mkdir(exist_ok=True)
    (folder / "zarr.json").write_bytes(data)
    open_session(folder).close()


def shard_metadata(data: bytes) -> None:
    """Read what an array in shards says of itself."""
    layout, n_rows = ShardLayout.parse(HERE, parse_json(data, "the file"))
    assert layout.shard_bytes <= 2**26
    assert layout.n_inner * layout.inner_bytes == layout.shard_bytes
    assert n_rows >= 0


def shard(data: bytes) -> None:
    """Read a shard of whatever bytes; its checksums are made right, or nothing behind them would be reached."""
    body, index = data[:-32], data[-32:].rjust(32, b"\0")
    sealed = np.frombuffer(index + google_crc32c.value(index).to_bytes(CRC_BYTES, "little"), np.uint8)
    for offset, n_bytes in decode_index(sealed, SHARD, len(body) + SHARD.index_bytes, "a shard").tolist():
        packed = body[max(0, offset) : max(0, offset) + max(0, n_bytes - CRC_BYTES)]
        sealed = np.frombuffer(packed + google_crc32c.value(packed).to_bytes(CRC_BYTES, "little"), np.uint8)
        if len(packed) >= 16:
            decode_inner(sealed, np.empty((SHARD.inner_rows, 4), "<i2"), "a shard")


def edits(data: bytes) -> None:
    """Read a file of lines as edits of what a person said."""
    FILE.write_bytes(data)
    found = parse_edits(read_lines(FILE).objects)
    assert isinstance(found.about(About()), About)
    assert all(isinstance(one, ChannelAbout) for one in found.channels("emg", (ChannelAbout(),) * 4))
    for edit in found.edits:
        json.dumps(edit.to_json(), allow_nan=False)


def manifest(data: bytes) -> None:
    """Read a manifest that adds up, whatever it says, and hold a folder against it."""
    values = parse_json(data, "the file")
    values.pop("body_sha256", None)
    spelled = {"ensure_ascii": True, "sort_keys": True, "separators": (",", ":")}
    values["body_sha256"] = hashlib.sha256(json.dumps(values, **spelled).encode()).hexdigest()
    folder = HERE / "sealed.myo"
    folder.mkdir(exist_ok=True)
    (folder / "zarr.json").write_bytes(b"{}")
    (folder / "manifest.json").write_bytes(json.dumps(values, **spelled).encode())
    assert all(entry.n_bytes >= 0 for entry in read_manifest(folder).files.values())
    assert all(fault.sentence for fault in verify_manifest(folder).faults)


def protocol(data: bytes) -> None:
    """Read a protocol; what was read can be written and read again."""
    read = RecordingProtocol.from_json(parse_json(data, "the file"))
    assert RecordingProtocol.from_json(json.loads(json.dumps(read.to_json()))) == read
    for expected in read.streams:
        expected.means("emg")


def overview(data: bytes) -> None:
    """Read what an overview says of itself and of its first level, and then the overview."""
    folder = HERE / "group"
    (folder / "overview" / "1").mkdir(parents=True, exist_ok=True)
    whole, _, level = data.partition(b"\n")
    (folder / "overview" / "zarr.json").write_bytes(whole)
    (folder / "overview" / "1" / "zarr.json").write_bytes(level)
    found = Overview(LocalPlace(folder), np.dtype("<i2"), 4, 200)
    try:
        found.add_to(Extremes(2, 4, np.dtype("<i2")), np.array([0, 100, 200]))
    finally:
        found.close()


def xdf_chunk(data: bytes) -> None:
    """Read the samples and texts of a chunk; its first bytes say of which kind of stream."""
    if len(data) < 2:
        return
    formats = sorted(xdf_chunks.FORMATS.values())
    kind = xdf_chunks.NumberFormat(formats[data[0] % len(formats)], data[1] % 9 + 1, 0.01)
    content = data[2:]
    for read in (
        lambda: xdf_chunks.decode_clock_offset(content),
        lambda: sum(len(texts) for _, texts in xdf_chunks.decode_texts(content, kind.n_channels, 0.01, 0.0)),
    ):
        with suppress(SessionError):
            read()
    values, times = xdf_chunks.decode_samples(content, kind, 0.0)
    assert values.shape == (len(times), kind.n_channels)
    assert values.nbytes <= len(content)


def pickled(data: bytes) -> None:
    """Read a pickle; arrays that come of it lie inside of it."""
    for one in unpickle(io.BytesIO(data), len(data)).values():
        assert one is None or isinstance(one, Lying | str | int | float)
        if isinstance(one, Lying):
            n_bytes = one.dtype.itemsize * int(np.prod(one.shape))
            assert n_bytes <= len(data)


def table(data: bytes) -> None:
    """Read the rows of a table; its first byte says what is between cells."""
    if not data:
        return
    delimiter, text = DELIMITERS[data[0] % len(DELIMITERS)], io.StringIO(data[1:].decode("latin-1"))
    rows = list(rows_of_lines(TextLines(text, FILE), FILE, delimiter))
    if rows:
        of = Table("utf-8", delimiter, data[0] > 127, 0, (), "", len(rows[0][1]))
        if all(is_number(cell, of.comma) for cell in rows[0][1]):
            assert numbers(rows, of, FILE).shape == (len(rows), of.n_columns)


def edf_head(data: bytes) -> None:
    """Read a header of EDF, and what follows it as annotations."""
    n = edf_header.BLOCK * (edf_header.n_signals(data[: edf_header.BLOCK], "the file") + 1)
    head = edf_header.parse(data[: edf_header.BLOCK], data[edf_header.BLOCK : n], "the file")
    assert head.record_bytes > 0
    edf_annotations.parse(data[n:], "the file")


def npy_head(data: bytes) -> None:
    """Read the head of a NumPy array."""
    member, n_head = read_header(io.BytesIO(data), "a", FILE)
    assert n_head <= len(data)
    assert member.dtype.itemsize > 0
    assert not member.dtype.hasobject


def shards() -> list[bytes]:
    """Return bodies and indices of good shards, packed in each way."""
    found = []
    for name in (b"lz4", b"zstd", b"zlib", b"blosclz"):
        packed = blosc.compress(np.arange(SHARD.inner_rows * 4, dtype="<i2") % 7, name, 5, 2)
        places = np.array([[0, len(packed) + CRC_BYTES], [0, len(packed) + CRC_BYTES]], "<u8")
        found.append(packed + bytes(CRC_BYTES) + places.tobytes())
    return found


TARGETS: dict[str, Callable[[bytes], None]] = {
    "metadata": metadata,
    "description": description,
    "event_file": event_file,
    "commit_log": commit_log,
    "session_file": session_file,
    "shard_metadata": shard_metadata,
    "shard": shard,
    "edits": edits,
    "manifest": manifest,
    "protocol": protocol,
    "overview": overview,
    "xdf_chunk": xdf_chunk,
    "pickled": pickled,
    "table": table,
    "edf_head": edf_head,
    "npy_head": npy_head,
    **{one.name: partial(read_file, one.name) for one in FORMATS if one.reads},
}


def seeds(target: str) -> list[bytes]:
    """Return files to begin with."""
    session = b'{"node_type":"group","attributes":{"format":"myoscope","version":1,"state":"complete","streams":[]}}'
    gap = b'{"stream":"a","t_first":1,"t_last":2,"sample":3,"n_lost":4}'
    samples = struct.pack("<I", 1) + b"\x01\x03" + b"\0ab" + b"\x08" + struct.pack("<d", 1.5) + b"cd" + b"\0ef"
    edit = b'{"utc":"2026-01-01","by":"a","what":"session","channel":null,"field":"notes","before":"","after":"b"}\n'
    of_channel = edit.replace(b'"session","channel":null,"field":"notes"', b'"emg","channel":1,"field":"muscle"')
    level = json.dumps(ArrayLayout(HERE, np.dtype("<i2"), (4, 2), 100).metadata(3)).encode()
    sealed = (
        b'{"format":"myoscope manifest","version":1,"session":"a","written":"b","files":'
        b'{"zarr.json":{"bytes":2,"sha256":"44","kind":"whole"},"../x":{"bytes":1,"sha256":"","kind":"prefix"}}}'
    )
    expected = (
        b'{"format":"myoscope protocol","version":1,"name":"a","streams":[{"stream":"emg*","fs":1e3,"n_channels":4,'
        b'"unit":"mV","required":true}],"take_pattern":"{task} {take:02}","pretrigger_s":1}'
    )
    array = b'{"shape":[5,4],"data_type":"int16","zarr_format":3,"node_type":"array"}'
    found = {
        "metadata": [array, b'{"take":3,"tags":[""],"channels":[{"muscle":"a"},null,{},3]}'],
        "description": [b'{"fs":100,"sample_shape":[4]}', gap],
        "event_file": [b'{"t":1,"kind":"marker","label":"a"}\n{"t":2,"kind":"edit","of_t":1,"label":"b"}\n'],
        "commit_log": [b"MYC1" + bytes(32)],
        "session_file": [session],
        "shard_metadata": [json.dumps(SHARD.metadata(100)).encode()],
        "shard": shards(),
        "edits": [edit + of_channel],
        "manifest": [sealed],
        "protocol": [expected],
        "overview": [b'{"attributes":{"n_samples":200,"bucket":64,"factor":4,"n_levels":1}}\n' + level],
        "xdf_chunk": [b"\0\1" + samples],
        "pickled": [pickle.dumps({"emg": np.zeros((2, 3)), "fs": 1.0}, protocol) for protocol in range(6)],
        "table": [b"\0t,a\n0,1\n0.1,2\n", b'\x811;2,5\n"3";4\n'],
        "edf_head": [strange_edf.edf()[:512] + b"+0\x14\x14\0+1\x152\x14a\x14\0"],
        "npy_head": [strange_bytes.npy(), strange_bytes.npy("<U3", (2,))],
    }
    if target in found:
        return found[target]
    one = next(one for one in FORMATS if one.name == target)
    good = recorded(HERE / f"good-{target}.myo", 200)
    with open_session(good) as session:
        written = export_session(session, target, HERE / f"good-{target}{one.suffix}").path
    files = [path for path in ([written] if written.is_file() else written.iterdir()) if path.suffix in one.reads]
    # What is far too large for a seed takes seconds to make.
    named = [s for s in strange_files.strange_files(good) if not any(word in s.name for word in TOO_LARGE)]
    strange = [stranger.make() for stranger in named if stranger.suffix in one.reads]
    return [*(path.read_bytes() for path in files), *(data for data in strange if len(data) < 20_000)]


def main() -> None:
    """Run one target, or several one after the other, each in a process of its own."""
    wanted = list(takewhile(lambda word: word in TARGETS, sys.argv[1:]))
    options = sys.argv[1 + len(wanted) :]
    if not wanted:
        print("\n".join(TARGETS))
        sys.exit(len(options) > 0)
    if len(wanted) == 1:
        run(wanted[0], options)
    statuses = []
    for name in wanted:
        # libFuzzer ends the process that it runs in; what was imported and instrumented is there for all.
        process = os.fork()
        if not process:
            run(name, options)
        statuses.append(os.waitpid(process, 0)[1])
        print(f"{name}: {'failed' if statuses[-1] else 'done'}", flush=True)
    sys.exit(any(statuses))


def run(name: str, options: list[str]) -> NoReturn:
    """Run a target; does not come back."""
    target = TARGETS[name]
    corpus = HERE / f"corpus-{name}"
    corpus.mkdir()
    for number, data in enumerate(seeds(name)):
        (corpus / f"{number}").write_bytes(data)

    def one(data: bytes) -> None:
        try:
            target(data)
        except (SessionError, SourceError) as error:
            said = str(error)
            assert 0 < len(said) < 2000
            assert "\n" not in said

    usual = [f"-artifact_prefix={HERE}/finding-{name}-", "-timeout=10", "-rss_limit_mb=2048"]
    atheris.Setup([sys.argv[0], *usual, *options, str(corpus)], one)
    atheris.Fuzz()
    sys.exit(0)


if __name__ == "__main__":
    main()
