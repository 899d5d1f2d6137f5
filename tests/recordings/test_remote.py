"""Sessions behind a URL: read by the same function, in ranges, never written to."""

from __future__ import annotations

import http.server
import json
import re
import shutil
import sys
import threading
import zipfile
from pathlib import Path
from typing import ClassVar

import fsspec
import numpy as np
import pytest

from myoscope.recordings import Replay, ReplaySource, SessionError, check_session, export_session, open_session, remote
from myoscope.recordings.compaction import compact_session
from myoscope.recordings.places import LocalPlace, is_url, place_of
from myoscope.recordings.remote import BLOCK_BYTES, Files
from myoscope.sources import Event, SourceError, StreamInfo

from .sessions import EMG, SteppedTime, block, counted, recorded, recorder

WIDE = StreamInfo(fs=2000.0, name="EMG", sample_shape=(64,), unit="µV", dtype="int16")


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    path = tmp_path_factory.mktemp("remote") / "take one.myo"
    made = recorder(path, chunk_seconds=1.0, name="take one", subject="S07")
    sink = made.sink("emg")
    sink.open(WIDE)
    for first in range(0, 30_000, 500):
        sink.write(block(first, 500, WIDE, lost=7 if first == 4000 else 0))
    made.event(Event(51.0, "marker", "lift"))
    made.step(0)
    made.close()
    return path


@pytest.fixture(scope="module")
def small(session, tmp_path_factory):
    path = tmp_path_factory.mktemp("compacted") / "take one.myo"
    shutil.copytree(session, path)
    compact_session(path)
    return path


class Server(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; knows ranges as a real store does, unless told otherwise."""

    ranges = True
    asked: ClassVar[list[str]]  # one a test, set by the fixture

    def do_GET(self):
        self.asked.append(f"{self.path} {self.headers.get('Range', '')}".strip())
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if not found or not self.ranges or not path.is_file():
            super().do_GET()
            return
        data = path.read_bytes()
        first, last = int(found[1]), min(int(found[2]), len(path.read_bytes()) - 1)
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        self.wfile.write(data[first : last + 1])

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def serve():
    """Serve a folder on this machine's loopback; returns its URL and what was asked for."""
    running = []

    def start(folder: Path, ranges: bool = True):
        asked: list[str] = []

        class One(Server):
            def __init__(self, *given):
                super().__init__(*given, directory=str(folder))

        One.ranges, One.asked = ranges, asked
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), One)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}", asked

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def memory():
    """Put folders into fsspec's memory; returns a function from folder to URL."""
    files = fsspec.filesystem("memory")

    def put(folder: Path) -> str:
        for file in folder.rglob("*"):
            if file.is_file():
                files.pipe(f"/store/{folder.name}/{file.relative_to(folder).as_posix()}", file.read_bytes())
        return f"memory://store/{folder.name}"

    yield put
    files.store.clear()


def looked_at(url: str) -> None:
    """Open a session behind a URL and hold all of it against the pattern."""
    with open_session(url) as session:
        assert (session.state, session.live, session.name, session.subject) == ("complete", False, "take one", "S07")
        assert session.url
        assert [event.label for event in session.events] == ["lift"]
        stream = session.streams["emg"]
        assert (stream.n_samples, stream.n_lost, stream.info) == (30_000, 7, WIDE)
        data, timestamps = stream.read(1990, 4010)
        assert (data == counted(1990, 2020, WIDE)).all()
        assert not data.flags.writeable
        assert timestamps[0] == 50.0 + 1990 / 2000
        assert (stream.read(0, None, slice(5, 6))[0] == counted(0, 30_000, WIDE)[:, 5:6]).all()
        assert stream.index_at(55.0) == 10_000
        folder = session.path
        assert (folder / "events.jsonl").exists()
    assert not folder.parent.exists()


@pytest.mark.parametrize("layout", ["recorded", "compacted"])
def test_memory_is_read(session, small, memory, layout):
    looked_at(memory(session if layout == "recorded" else small))


@pytest.mark.parametrize("layout", ["recorded", "compacted"])
@pytest.mark.parametrize("ranges", [True, False], ids=["ranges", "no ranges"])
def test_a_web_server_is_read(session, small, serve, layout, ranges):
    folder = session if layout == "recorded" else small
    url, asked = serve(folder.parent, ranges)
    looked_at(f"{url}/take%20one.myo")
    assert not [one for one in asked if one.split()[0].endswith("/samples/")]


@pytest.mark.parametrize("layout", ["recorded", "compacted"])
def test_an_archive_is_read_in_place(session, small, tmp_path, layout):
    folder = session if layout == "recorded" else small
    archive = tmp_path / "sent.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for one in sorted(folder.rglob("*")):
            if one.is_file():
                file.write(one, f"take one.myo/{one.relative_to(folder).as_posix()}")
    looked_at(f"zip://take one.myo::{archive}")
    looked_at(f"zip://::{archive}")
    looked_at(f"zip://::file://{archive}")


def test_a_file_url_is_this_machine(session):
    with open_session(session.as_uri()) as opened:
        assert (opened.path, opened.url) == (session, "")
    assert isinstance(place_of("file:///tmp/x"), LocalPlace)
    assert place_of("file:///C:/x").path == Path("C:/x")


def test_a_folder_behind_a_url_may_hold_the_only_session(session, memory):
    url = memory(session)
    looked_at(url.rpartition("/")[0])
    with fsspec.open("memory://store/another.myo/zarr.json", "wb") as file:
        file.write(b"{}")
    with pytest.raises(SessionError, match=r"holds 2 sessions\. Give one of them: another\.myo, take one\.myo\."):
        open_session("memory://store")


def test_reading_a_little_of_much_asks_for_little(session, serve):
    url, asked = serve(session.parent)
    with open_session(f"{url}/take%20one.myo") as opened:
        asked.clear()
        opened.streams["emg"].read(12_000, 12_100)
        opened.streams["emg"].read(12_100, 12_200)
    assert sorted(asked) == [
        "/take%20one.myo/emg/samples/c.6.0 bytes=0-255999",
        "/take%20one.myo/emg/timestamps/c.6 bytes=0-15999",
    ]


@pytest.mark.usefixtures("memory")
def test_neighbours_cost_one_request():
    data = np.random.default_rng(0).bytes(5 * BLOCK_BYTES + 100)
    fsspec.filesystem("memory").pipe("/store/big", data)

    class Counting(Files):
        asked: ClassVar[list[tuple[int, int]]] = []

        def call(self, verb, path, *given):
            self.asked.append(given)
            return super().call(verb, path, *given)

    files = Counting(fsspec.filesystem("memory"), "memory://store")
    size = len(data)
    for first, n in ((10, 20), (BLOCK_BYTES - 1, 2), (0, size), (size - 1, 1), (size, 0)):
        assert files.bytes_of("/store/big", first, n, size) == data[first : first + n]
    assert files.asked == [(0, BLOCK_BYTES), (BLOCK_BYTES, 2 * BLOCK_BYTES), (2 * BLOCK_BYTES, size)]


def test_blocks_that_are_kept_have_a_bound(memory, monkeypatch):
    monkeypatch.setattr(remote, "CACHE_BYTES", 2 * BLOCK_BYTES)
    fsspec.filesystem("memory").pipe("/store/big", bytes(8 * BLOCK_BYTES))
    files = Files(fsspec.filesystem("memory"), "memory://store")
    for i in range(8):
        files.bytes_of("/store/big", i * BLOCK_BYTES, 10, 8 * BLOCK_BYTES)
    assert files._n_cached == sum(map(len, files._blocks.values())) == 2 * BLOCK_BYTES
    files.close()
    assert not files._blocks


# What it is used for


def test_a_session_behind_a_url_is_replayed(small, memory):
    clock = SteppedTime()
    with Replay(memory(small), clock=clock, wait=clock.sleep) as replay:
        source = replay.sources["emg"]
        source.connect()
        replay.play()
        rows = []
        while sum(map(len, rows)) < 2000:
            found = source.read()
            if found is not None:
                rows.append(found.data)
    assert (np.concatenate(rows)[:2000] == counted(0, 2000, WIDE)).all()


def test_a_replay_source_takes_a_url(small, memory):
    clock = SteppedTime()
    source = ReplaySource(memory(small), clock=clock, wait=clock.sleep)
    assert source.connect().n_channels == 64
    source.disconnect()
    with pytest.raises(SourceError, match="is no session, or cannot be reached"):
        ReplaySource("memory://nothing/here.myo").connect()


@pytest.mark.parametrize("layout", ["recorded", "compacted"])
def test_a_session_behind_a_url_is_checked(session, small, memory, layout):
    report = check_session(memory(session if layout == "recorded" else small))
    assert report["ok"], report["problems"]


def test_the_zarr_library_reads_it_too(small, memory):
    with open_session(memory(small)) as session:
        group = session.zarr()
        assert (group["emg/samples"][100:200] == counted(100, 100, WIDE)).all()


def test_damage_behind_a_url_is_found(small, memory):
    url = memory(small)
    files = fsspec.filesystem("memory")
    data = bytearray(files.cat("/store/take one.myo/emg/samples/c/0/0"))
    data[100] ^= 1
    files.pipe("/store/take one.myo/emg/samples/c/0/0", bytes(data))
    assert not check_session(url)["ok"]
    with open_session(url) as session, pytest.raises(SessionError, match="do not add up to their checksum"):
        session.streams["emg"].read()


def test_a_session_behind_a_url_is_exported(small, memory, tmp_path):
    with open_session(memory(small)) as session:
        export_session(session, "csv", tmp_path / "out")
    lines = (tmp_path / "out" / "emg.csv").read_text(encoding="utf-8").splitlines()
    assert sum(not line.startswith("#") for line in lines) == 30_001


def test_an_unfinished_one_is_shown_as_far_as_it_is_published(tmp_path, memory):
    clock = SteppedTime()
    made = recorder(tmp_path / "live.myo", clock)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 1000))
    clock.sleep(1.0)
    made.step(0)
    url = memory(made.path)
    with open_session(url) as session:
        assert (session.state, session.live) == ("recording", True)
        assert (session.streams["emg"].read()[0] == counted(0, 1000)).all()
    made.close()


# What goes wrong


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("memory://nowhere/x.myo", r"is no session, or cannot be reached: there is no zarr\.json"),
        ("nonsense://x/y.myo", r"cannot be opened: Protocol not known: nonsense"),
        ("http://127.0.0.1:9/x.myo", r"is no session, or cannot be reached"),
        ("zip://::/nowhere/at/all.zip", r"cannot be opened"),
    ],
)
def test_what_cannot_be_reached_is_told_in_one_sentence(url, told):
    with pytest.raises(SessionError, match=told) as error:
        open_session(url)
    assert "\n" not in str(error.value)
    assert str(error.value)[-1] == "."


def test_missing_packages_are_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(SessionError, match=r"(?i)s3fs.*pip install \"myoscope\[remote\]\""):
        open_session("s3://bucket/x.myo")
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(SessionError, match=r"needs fsspec\. Run: pip install \"myoscope\[remote\]\"\."):
        open_session("s3://bucket/x.myo")


def test_a_server_that_does_not_answer_is_left(session, serve, monkeypatch):
    """The server's thread waits for the test; what the person waits is the bound."""
    url, _ = serve(session.parent)
    answered = threading.Event()
    real = Server.do_HEAD

    def wait(self):
        answered.wait(30)
        real(self)

    monkeypatch.setattr(Server, "do_HEAD", wait)
    monkeypatch.setattr(remote, "WITHIN_S", 0.2)
    try:
        with pytest.raises(SessionError, match="was not answered within"):
            open_session(f"{url}/take%20one.myo")
    finally:
        answered.set()


@pytest.mark.parametrize("name", ["emg/samples/c.3.0", "emg/timestamps/c.3"])
def test_a_chunk_that_was_not_copied_is_told_when_it_is_read(session, memory, name):
    url = memory(session)
    fsspec.filesystem("memory").rm(f"/store/take one.myo/{name}")
    with open_session(url) as opened:
        assert len(opened.streams["emg"].read(0, 6000)[0]) == 6000
        with pytest.raises(SessionError, match=r"c\.3.* is missing\. Was the session copied there completely"):
            opened.streams["emg"].read(5990, 6010)
    assert not check_session(url)["ok"]


def test_a_chunk_cut_short_is_told(session, memory):
    url = memory(session)
    files = fsspec.filesystem("memory")
    files.pipe("/store/take one.myo/emg/samples/c.2.0", b"short")
    with open_session(url) as opened, pytest.raises(SessionError, match="gave 5 bytes where 256,000 were asked for"):
        opened.streams["emg"].read(4000, 4100)


@pytest.mark.parametrize("name", ["zarr.json", "events.jsonl", "emg/zarr.json"])
def test_files_beyond_all_limits_are_not_fetched(session, memory, name, monkeypatch):
    url = memory(session)
    files = fsspec.filesystem("memory")
    files.pipe(f"/store/take one.myo/{name}", bytes(65 * 2**20))
    with pytest.raises(SessionError, match="over the .* allowed"):
        open_session(url)


def test_strange_metadata_behind_a_url_are_refused(session, memory):
    url = memory(session)
    files = fsspec.filesystem("memory")
    for name in ("zarr.json", "emg/zarr.json", "emg/samples/zarr.json"):
        whole = files.cat(f"/store/take one.myo/{name}")
        for data in (b"", b"[]", b"{", b"\xff", whole[:50], json.dumps({"node_type": "group"}).encode()):
            files.pipe(f"/store/take one.myo/{name}", data)
            with pytest.raises(SessionError, match=r"[.?]$"):
                open_session(url)
        files.pipe(f"/store/take one.myo/{name}", whole)


@pytest.mark.parametrize(
    ("text", "so"),
    [
        ("s3://bucket/x.myo", True), ("https://a.org/x.myo", True), ("memory://x", True), ("zip://::x.zip", True),
        ("zip::https://a.org/x.zip", True), ("simplecache::s3://b/x", True), ("x.myo", False), ("/a/b.myo", False),
        ("C:\\recordings\\x.myo", False), ("C:/recordings/x.myo", False), ("a:b", False), ("~/x.myo", False),
        ("", False),
    ],
)  # fmt: skip
def test_urls_are_told_from_paths(text, so):
    assert is_url(text) is so


def test_nothing_is_left_behind(tmp_path, memory, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    path = recorded(tmp_path / "x.myo", 100)
    url = memory(path)
    open_session(url).close()
    fsspec.filesystem("memory").pipe("/store/x.myo/gaps.jsonl", bytes(65 * 2**20))
    with pytest.raises(SessionError):
        open_session(url)
    assert not list((tmp_path / "scratch").iterdir())
