"""Zips of sessions that nobody should have to open."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from .strange_bytes import Stranger, zipped


def zip_files(good: Path) -> Iterator[Stranger]:
    """Yield zips; those that hold more than a trick hold the session `good`."""
    inside = {f"{good.name}/{p.relative_to(good).as_posix()}": p for p in sorted(good.rglob("*")) if p.is_file()}

    def one(name: str, make: Callable[[], bytes], may_open: bool = False) -> Stranger:
        return Stranger(f"zip, {name}", ".zip", make, may_open)

    def session(extra: Callable[[zipfile.ZipFile], None], leave: str = "") -> Callable[[], bytes]:
        def make() -> bytes:
            file = io.BytesIO()
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, path in inside.items():
                    if not leave or leave not in name:
                        archive.write(path, name)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", UserWarning)  # one name twice is meant
                    extra(archive)
            return file.getvalue()

        return make

    def add(name: str, data: bytes = b"hello") -> Callable[[zipfile.ZipFile], None]:
        return lambda archive: archive.writestr(name, data)

    def link(archive: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo(f"{good.name}/emg/link")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")

    def linked_chunk(archive: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo(f"{good.name}/emg/samples/c.0.0")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")

    def device(archive: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo(f"{good.name}/pipe")
        info.create_system, info.external_attr = 3, 0o010666 << 16
        archive.writestr(info, "")

    def nameless(archive: zipfile.ZipFile) -> None:
        archive.writestr("x", b"hello")
        archive.filelist[-1].filename = ""

    def many(archive: zipfile.ZipFile) -> None:
        for number in range(30_000):
            archive.writestr(f"{good.name}/emg/samples/c.{number + 10}.0", b"")

    def patched(change: Callable[[bytearray], None]) -> Callable[[], bytes]:
        def make() -> bytes:
            data = bytearray(session(lambda _: None)())
            change(data)
            return bytes(data)

        return make

    def encrypt(data: bytearray) -> None:
        place = 0
        while (place := data.find(b"PK\x01\x02", place)) >= 0:
            data[place + 8] |= 1
            place += 4

    def oversize(data: bytearray) -> None:
        place = data.find(b"PK\x01\x02")
        struct.pack_into("<I", data, place + 24, 2**32 - 2)

    def break_crc(data: bytearray) -> None:
        place = data.find(b"PK\x01\x02")
        struct.pack_into("<I", data, place + 16, struct.unpack_from("<I", data, place + 16)[0] ^ 1)

    def overlap(data: bytearray) -> None:
        first = data.find(b"PK\x01\x02")
        second = data.find(b"PK\x01\x02", first + 4)
        struct.pack_into("<I", data, second + 42, struct.unpack_from("<I", data, first + 42)[0])

    chunk = f"{good.name}/emg/samples/c.9.0"
    yield one("empty", lambda: b"")
    yield one("no zip", lambda: b"hello" * 100)
    yield one("nothing in it", lambda: zipped({}))
    yield one("no session in it", lambda: zipped({"a/b.txt": b"hello"}))
    yield one("nothing but a name", lambda: zipped({"zarr.json": b"{}"}))
    yield one("a way up", session(add("../ran")))
    yield one("a way up inside", session(add(f"{good.name}/../../ran")))
    yield one("a path from the root", session(add("/ran")))
    yield one("a path with a drive", session(add("C:/ran")))
    yield one("a path of backslashes", session(add("..\\ran")))
    yield one("a link", session(link))
    yield one("a link for a chunk", session(linked_chunk, leave="samples/c.0.0"))
    yield one("a pipe", session(device))
    yield one("a program beside the samples", session(add(f"{good.name}/setup.py")))
    yield one("a bomb", session(add(chunk, b"\0" * (200 * 2**20))))
    yield one(
        "a bomb for metadata", session(add(f"{good.name}/zarr.json", b" " * (200 * 2**20)), leave=".myo/zarr.json")
    )
    yield one("one file twice", session(add(f"{good.name}/gaps.jsonl")))
    yield one("one file twice, in capitals", session(add(f"{good.name}/GAPS.JSONL")))
    yield one("two sessions", session(add("other.myo/zarr.json", b"{}")))
    yield one("a chunk missing", session(lambda _: None, leave="samples/c.0.0"))
    yield one("metadata missing", session(lambda _: None, leave="emg/zarr.json"))
    yield one("30,000 files", session(many))
    yield one("encrypted", patched(encrypt))
    yield one("four gigabytes said", patched(oversize))
    yield one("a checksum that is wrong", patched(break_crc))
    yield one("files that overlap", patched(overlap))
    yield one("cut in two", lambda: session(lambda _: None)()[:-300])
    yield one("a zip in a zip", lambda: zipped({"a.zip": zipped({"b.zip": b"\0" * 2**20})}))
    yield one("an entry without a name", session(nameless))
    yield one("an entry whose name is a folder", session(add("/")), True)
    yield one("a name that is no text", session(add(f"{good.name}/a\x00b")), True)
    yield one("a device of Windows", session(add(f"{good.name}/con")))
    yield one("packed in another way", lambda: _packed_otherwise(zipped({"a.myo/zarr.json": b"{}"})))


def _packed_otherwise(data: bytes) -> bytes:
    changed = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", changed, changed.find(mark) + place, 99)
    return bytes(changed)
