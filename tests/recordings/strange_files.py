"""Files that nobody should have to open: made here, one function a kind of file, each bad in a way of its own.

Every entry is a name, a suffix and the bytes. `STRANGE` says of each that it must be refused; `HARMLESS` that it may
also be read, as long as nothing but a session comes of it.
"""

from __future__ import annotations

import io
import json
import pickle
import struct
import uuid
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Stranger(NamedTuple):
    """One file.

    Parameters
    ----------
    name
        What is bad about it.
    suffix
        What it claims to be.
    make
        Returns its bytes.
    may_open
        Whether a careful reader may make something of it all the same.
    """

    name: str
    suffix: str
    make: Callable[[], bytes]
    may_open: bool = False


# XDF

BOUNDARY = uuid.UUID("43a546dc-cbf5-410f-b30e-d5467383cbe4").bytes
XDF_HEADER = b"<?xml version='1.0'?><info><version>1.0</version></info>"


def xdf_chunk(tag: int, content: bytes, length: int | None = None) -> bytes:
    """Return one chunk; `length` is what it says of itself."""
    said = len(content) + 2 if length is None else length
    return b"\x04" + struct.pack("<IH", said & 0xFFFFFFFF, tag) + content


def xdf_stream(fs: object = 100, n: object = 2, kind: str = "float32", name: str = "EMG", more: str = "") -> bytes:
    """Return the content of a stream header."""
    return (
        f"<?xml version='1.0'?><info><name>{name}</name><type>EMG</type><channel_count>{n}</channel_count>"
        f"<nominal_srate>{fs}</nominal_srate><channel_format>{kind}</channel_format>{more}</info>"
    ).encode()


def xdf(*chunks: bytes) -> bytes:
    """Return a file of chunks after its header."""
    return b"XDF:" + xdf_chunk(1, XDF_HEADER) + b"".join(chunks)


def xdf_header(identity: int, content: bytes) -> bytes:
    """Return a stream header chunk."""
    return xdf_chunk(2, struct.pack("<I", identity) + content)


def xdf_samples(identity: int, said: int, body: bytes) -> bytes:
    """Return a samples chunk that says it has `said` samples."""
    return xdf_chunk(3, struct.pack("<I", identity) + b"\x04" + struct.pack("<I", said & 0xFFFFFFFF) + body)


ONE = b"\x08" + struct.pack("<d", 1.0) + struct.pack("<2f", 1, 2)
ALTERNATING = b"\x08" + struct.pack("<d", 1.5) + b"\1\0\2"
GOOD_XDF = xdf(xdf_header(1, xdf_stream()), xdf_samples(1, 1, ONE))
ENTITIES = (
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
    b"<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]><info><name>&c;</name><type>EMG</type><channel_count>2"
    b"</channel_count><nominal_srate>100</nominal_srate><channel_format>float32</channel_format></info>"
)
FOREIGN_ENTITY = (
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><info><name>&a;</name><type>EMG</type>"
    b"<channel_count>2</channel_count><nominal_srate>100</nominal_srate><channel_format>float32</channel_format></info>"
)


def _xdf_files() -> Iterator[Stranger]:
    def one(name: str, data: bytes, may_open: bool = False) -> Stranger:
        return Stranger(f"xdf, {name}", ".xdf", lambda: data, may_open)

    yield one("empty", b"")
    yield one("another magic", b"XDG:" + GOOD_XDF[4:])
    yield one("nothing but the magic", b"XDF:")
    yield one("nothing but a header", xdf())
    yield one("no stream header", xdf(xdf_samples(1, 1, ONE)), True)
    yield one("a length of four gigabytes", xdf(xdf_chunk(2, b"abcd", length=2**32 - 1)), True)
    yield one("a length of 2^63", xdf(b"\x08" + struct.pack("<QH", 2**63, 2) + b"abcd"), True)
    yield one("a length of nothing", xdf(b"\x04" + struct.pack("<I", 0)), True)
    yield one("a length of a length of three", xdf(b"\x03\x01\x01\x01"), True)
    yield one("an unknown tag", xdf(xdf_chunk(99, b"?" * 100)), True)
    yield one("no channels", xdf(xdf_header(1, xdf_stream(n=0))), True)
    yield one("a billion channels", xdf(xdf_header(1, xdf_stream(n=10**9)), xdf_samples(1, 1, ONE)), True)
    yield one("channels below zero", xdf(xdf_header(1, xdf_stream(n=-3)), xdf_samples(1, 1, ONE)), True)
    yield one("channels in words", xdf(xdf_header(1, xdf_stream(n="two")), xdf_samples(1, 1, ONE)), True)
    yield one("a rate of nan", xdf(xdf_header(1, xdf_stream(fs="nan")), xdf_samples(1, 1, ONE)), True)
    yield one("a rate without end", xdf(xdf_header(1, xdf_stream(fs="inf")), xdf_samples(1, 1, ONE)), True)
    yield one("a rate of 1e12", xdf(xdf_header(1, xdf_stream(fs=1e12)), xdf_samples(1, 1, ONE)), True)
    yield one("a rate below zero", xdf(xdf_header(1, xdf_stream(fs=-1)), xdf_samples(1, 1, ONE)), True)
    yield one("an unknown format", xdf(xdf_header(1, xdf_stream(kind="quad128")), xdf_samples(1, 1, ONE)), True)
    yield one("a name of a megabyte", xdf(xdf_header(1, xdf_stream(name="x" * 2**20)), xdf_samples(1, 1, ONE)), True)
    yield one("XML that is none", xdf(xdf_header(1, b"<info><name>"), xdf_samples(1, 1, ONE)), True)
    yield one("XML nested deeply", xdf(xdf_header(1, b"<a>" * 50_000), xdf_samples(1, 1, ONE)), True)
    yield one("XML of entities", xdf(xdf_header(1, ENTITIES), xdf_samples(1, 1, ONE)), True)
    yield one("XML that asks for a file", xdf(xdf_header(1, FOREIGN_ENTITY), xdf_samples(1, 1, ONE)), True)
    yield one("XML of two megabytes", xdf(xdf_header(1, xdf_stream(more=" " * 2**21)), xdf_samples(1, 1, ONE)), True)
    yield one("a billion samples said", xdf(xdf_header(1, xdf_stream()), xdf_samples(1, 10**9, ONE)), True)
    yield one(
        "2^62 samples said",
        xdf(
            xdf_header(1, xdf_stream()),
            xdf_chunk(3, struct.pack("<I", 1) + b"\x08" + struct.pack("<Q", 2**62) + ONE),
        ),
        True,
    )
    yield one("samples cut short", xdf(xdf_header(1, xdf_stream()), xdf_samples(1, 2, ONE + ONE[:5])), True)
    yield one("a stream of text of a gigabyte", xdf(
        xdf_header(1, xdf_stream(n=1, kind="string", fs=0)),
        xdf_samples(1, 1, b"\x08" + struct.pack("<d", 1.0) + b"\x04" + struct.pack("<I", 2**30) + b"hi"),
    ), True)  # fmt: skip
    yield one("text that is no text", xdf(
        xdf_header(1, xdf_stream(n=1, kind="string", fs=0)),
        xdf_samples(1, 1, b"\x08" + struct.pack("<d", 1.0) + b"\x01\x04\xff\xfe\xff\xff"),
    ), True)  # fmt: skip
    yield one("one number for two streams", xdf(
        xdf_header(1, xdf_stream()), xdf_header(1, xdf_stream(n=8)), xdf_samples(1, 1, ONE)
    ), True)  # fmt: skip
    yield one("clock offsets that are no numbers", xdf(
        xdf_header(1, xdf_stream()), xdf_samples(1, 1, ONE),
        xdf_chunk(4, struct.pack("<Idd", 1, float("nan"), float("inf"))), xdf_chunk(4, b"\x01"),
    ), True)  # fmt: skip
    yield one("times that are no numbers", xdf(
        xdf_header(1, xdf_stream()),
        xdf_samples(1, 1, b"\x08" + struct.pack("<d", float("nan")) + struct.pack("<2f", 1, 2)),
    ), True)  # fmt: skip
    yield one("a stamp of a length of seven", xdf(
        xdf_header(1, xdf_stream()), xdf_samples(1, 1, b"\x07" + b"1" * 7 + struct.pack("<2f", 1, 2))
    ), True)  # fmt: skip
    yield one("a name that is a path", xdf(
        xdf_header(1, xdf_stream(name="../../../../tmp/x")), xdf_samples(1, 1, ONE)
    ), True)  # fmt: skip
    yield one("times for every other sample", xdf(
        xdf_header(1, xdf_stream(100_000, 1, "int8")), xdf_samples(1, 2_000_000, ALTERNATING * 1_000_000)
    ), True)  # fmt: skip
    yield one("noise after the header", xdf(np.random.default_rng(1).bytes(100_000)), True)
    yield one("two thousand streams", xdf(*(xdf_header(i, xdf_stream()) for i in range(2000))), True)


# EDF and BDF


def edf(
    n_signals: object = 1,
    n_records: object = 1,
    duration: object = 1,
    n_samples: object = 4,
    digital: tuple[object, object] = (-32768, 32767),
    physical: tuple[object, object] = (-1, 1),
    labels: list[str] | None = None,
    body: bytes | None = None,
    header_bytes: object = None,
    reserved: str = "",
    start: str = "01.01.2501.01.01",
) -> bytes:
    """Return a file; each field is written as it is given."""
    labels = ["EMG"] if labels is None else labels
    n = len(labels)

    def field(value: object, width: int) -> bytes:
        return str(value).encode("latin-1", "replace")[:width].ljust(width)

    head = [
        field("0", 8), field("X X X X", 80), field("Startdate X X X X", 80), field(start, 16),
        field(256 * (n + 1) if header_bytes is None else header_bytes, 8), field(reserved, 44), field(n_records, 8),
        field(duration, 8), field(n_signals, 4),
    ]  # fmt: skip
    each = [
        (labels, 16), ([""] * n, 80), (["uV"] * n, 8), ([physical[0]] * n, 8), ([physical[1]] * n, 8),
        ([digital[0]] * n, 8), ([digital[1]] * n, 8), ([""] * n, 80), ([n_samples] * n, 8), ([""] * n, 32),
    ]  # fmt: skip
    head += [field(value, width) for values, width in each for value in values]
    return b"".join(head) + (struct.pack("<4h", 1, 2, 3, 4) if body is None else body)


def _edf_files() -> Iterator[Stranger]:
    def one(name: str, data: bytes, may_open: bool = False, suffix: str = ".edf") -> Stranger:
        return Stranger(f"{suffix[1:]}, {name}", suffix, lambda: data, may_open)

    yield one("empty", b"")
    yield one("half a header", edf()[:100])
    yield one("no signal headers", edf()[:256])
    yield one("signals in words", edf(n_signals="one"))
    yield one("signals below zero", edf(n_signals=-1))
    yield one("no signals", edf(n_signals=0))
    yield one("9,999 signals in a short file", edf(n_signals=9999))
    yield one("records in words", edf(n_records="many"))
    yield one("a hundred million records", edf(n_records=99_999_999), True)
    yield one("records below minus one", edf(n_records=-5), True)
    yield one("a duration of nothing", edf(duration=0))
    yield one("a duration of nan", edf(duration="nan"))
    yield one("a duration without end", edf(duration="1e999"))
    yield one("a duration below zero", edf(duration=-1))
    yield one("no samples a record", edf(n_samples=0))
    yield one("99 million samples a record", edf(n_samples=99_999_999))
    yield one("samples below zero", edf(n_samples=-4))
    yield one("one digital value", edf(digital=(5, 5)))
    yield one("a digital range of words", edf(digital=("a", "b")))
    yield one("a digital range beyond 16 bit", edf(digital=(-99_999, 99_999)), True)
    yield one("a physical range of nothing", edf(physical=(1, 1)), True)
    yield one("a physical range of nan", edf(physical=("nan", "inf")))
    yield one("a header of another length", edf(header_bytes=12))
    yield one("a header that lies far", edf(header_bytes=99_999_999))
    yield one("no ASCII", edf(labels=["\xb5V\xff\x00"]), True)
    yield one("no such day", edf(start="99.99.9999.99.99"), True)
    yield one("a rate of a million", edf(duration="0.000004"))
    yield one("times for annotations without end", edf(
        labels=["EDF Annotations"], reserved="EDF+C", n_samples=8, body=b"+" + b"9" * 15
    ), True)  # fmt: skip
    yield one("annotations of noise", edf(
        labels=["EMG", "EDF Annotations"], n_signals=2, reserved="EDF+D", n_samples=8, body=bytes(range(32))
    ), True)  # fmt: skip
    yield one("a BDF that is an EDF", edf(), True, suffix=".bdf")
    yield one("half a header", b"\xffBIOSEMI" + edf()[8:100], suffix=".bdf")
    yield one("99 million samples a record", b"\xffBIOSEMI" + edf(n_samples=99_999_999)[8:], suffix=".bdf")
    yield one("one digital value", b"\xffBIOSEMI" + edf(digital=(0, 0))[8:], suffix=".bdf")


# Text


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


# Arrays


def npy(descr: str = "<f4", shape: object = (4, 2), order: object = False, body: bytes | None = None) -> bytes:
    """Return an array's file whose header says what is given."""
    header = f"{{'descr': {descr!r}, 'fortran_order': {order}, 'shape': {shape}, }}".encode()
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    data = np.zeros((4, 2), dtype="<f4").tobytes() if body is None else body
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def zipped(members: dict[str, bytes], **settings: int) -> bytes:
    """Return a zip of members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, **settings) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


class Bomb:
    """Whatever runs it writes a file that must not be there."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return exec, ("import pathlib; pathlib.Path('ran').touch()",)


def _npz_files() -> Iterator[Stranger]:
    def one(name: str, make: Callable[[], bytes], may_open: bool = False) -> Stranger:
        return Stranger(f"npz, {name}", ".npz", make, may_open)

    def objects() -> bytes:
        file = io.BytesIO()
        np.savez(file, emg=np.array([[Bomb()]], dtype=object))
        return file.getvalue()

    yield one("empty", lambda: b"")
    yield one("no zip", lambda: b"PK\x03\x04" + b"x" * 100)
    yield one("nothing in it", lambda: zipped({}))
    yield one("no arrays in it", lambda: zipped({"emg.txt": b"hello"}))
    yield one("objects that are pickles", objects)
    yield one("a header that is code", lambda: zipped({"emg.npy": b"\x93NUMPY\x01\x00\x46\x00" + (
        b"__import__('pathlib').Path('ran').touch()".ljust(69) + b"\n")}))  # fmt: skip
    yield one("a terabyte said", lambda: zipped({"emg.npy": npy(shape=(2**40, 4))}))
    yield one("rows below zero", lambda: zipped({"emg.npy": npy(shape=(-4, 2))}))
    yield one("a shape of words", lambda: zipped({"emg.npy": npy(shape="'big'")}))
    yield one("sixty dimensions", lambda: zipped({"emg.npy": npy(shape=(1,) * 60, body=b"\0" * 4)}), True)
    yield one("a million channels", lambda: zipped({"emg.npy": npy(shape=(1, 10**6), body=b"\0" * 4 * 10**6)}))
    yield one("an array cut short", lambda: zipped({"emg.npy": npy(shape=(1000, 2))}))
    yield one("a header of 60 kB", lambda: zipped({"emg.npy": b"\x93NUMPY\x01\x00\xff\xff" + b" " * 65535}))
    yield one("version 9", lambda: zipped({"emg.npy": b"\x93NUMPY\x09\x00" + npy()[8:]}))
    yield one("structures", lambda: zipped({"emg.npy": npy(descr="V16", shape=(2,))}), True)
    yield one("text", lambda: zipped({"emg.npy": npy(descr="<U4", shape=(2,))}), True)
    yield one("times of day", lambda: zipped({"emg.npy": npy(descr="<M8[s]", shape=(4,))}), True)
    yield one("cut in two", lambda: zipped({"emg.npy": npy()})[:-60])
    yield one("a header that ends within a bracket", lambda: zipped({"emg.npy": b"\x93NUMPY\1\0\x06\0{'a':("}))
    yield one("rows of nothing", lambda: zipped({"emg.npy": npy(descr="<U0", shape=(2**40,), body=b"")}))
    yield one("a name that is no text", lambda: _named_otherwise(zipped({"a.npy": npy()}), b"\xff.npy"))
    yield one("a name with commands", lambda: zipped({"\x1b[2J\n.npy": npy(body=b"")}))
    yield one("a name that is a path", lambda: zipped({"../../ran.npy": npy(), "/ran.npy": npy()}), True)
    yield one("30,000 members", lambda: zipped({f"a{i}.npy": b"" for i in range(30_000)}))


def _named_otherwise(data: bytes, name: bytes) -> bytes:
    """Return a zip of one member by another name of as many bytes, said to be UTF-8."""
    changed = bytearray(data.replace(b"a.npy", name))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", changed, changed.find(mark) + place, 0x800)
    return bytes(changed)


# Pickles


def _bio_files() -> Iterator[Stranger]:
    def one(name: str, make: Callable[[], bytes], may_open: bool = False) -> Stranger:
        return Stranger(f"bio, {name}", ".bio", make, may_open)

    emg = np.zeros((2, 10))
    yield one("empty", lambda: b"")
    yield one("noise", lambda: np.random.default_rng(3).bytes(10_000))
    yield one("code", lambda: pickle.dumps({"emg": Bomb()}))
    yield one("code by its name", lambda: b"cos\nsystem\n(S'touch ran'\ntR.")
    yield one("code by numpy's name", lambda: b"cnumpy.testing\nassert_\n(I01\ntR.")
    yield one("a name below numpy's", lambda: b"\x80\x04\x8c\x05numpy\x8c\x10core.multiarray\x93.")
    yield one("a list", lambda: pickle.dumps([1, 2, 3]))
    yield one("a name with commands", lambda: pickle.dumps({"\x1b[2J\n": emg}), True)
    yield one("code by a name with commands", lambda: b"\x80\x04\x8c\x05nu\nmp\x8c\x05\x1b[2J\n\x93.")
    yield one("keys that are numbers", lambda: pickle.dumps({1: emg}))
    yield one("texts for arrays", lambda: pickle.dumps({"emg": "hello"}))
    yield one("objects for numbers", lambda: pickle.dumps({"emg": np.array([[{}]], dtype=object)}))
    yield one("arrays of three lengths", lambda: pickle.dumps({"emg": emg}) + pickle.dumps({"emg": np.zeros((3, 10))}))
    yield one("six dimensions", lambda: pickle.dumps({"emg": np.zeros((1,) * 6)}), True)
    yield one("cut short", lambda: pickle.dumps({"emg": emg})[:-30])
    yield one("a place in the memo of two thousand millions", lambda: b"\x80\x04]r\xff\xff\xff\x7f.")
    yield one("a frame of an exabyte", lambda: b"\x80\x04\x95" + struct.pack("<Q", 2**60) + b"}.")
    yield one("bytes of an exabyte", lambda: b"\x80\x04\x8e" + struct.pack("<Q", 2**60) + b"abc.")
    yield one("a bytearray of an exabyte", lambda: b"\x80\x05\x96" + struct.pack("<Q", 2**60) + b"abc.")
    yield one("a number of two gigabytes", lambda: b"\x80\x04\x8b" + struct.pack("<i", 2**31 - 1) + b"1.")
    yield one("a number of a million digits", lambda: b"L" + b"9" * 10**6 + b"L\n.")
    yield one("nested deeply", lambda: b"(" * 200_000 + b"t" * 200_000 + b".")
    yield one("lists in lists", lambda: b"]" * 100_000 + b"a" * 99_999 + b".")
    yield one("a thing that is not there", lambda: b"\x80\x04h\x05.")
    yield one("someone's own things", lambda: b"\x80\x02Pmine\n.")
    yield one("things by their number", lambda: b"\x80\x02\x82\x01.")
    yield one("buffers from outside", lambda: b"\x80\x05\x97.")
    yield one("a thing that holds itself", lambda: b"\x80\x04]\x94h\x00a.")
    yield one(
        "an array of an exabyte",
        lambda: (
            b"\x80\x04cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(M\x00\x00tC\x01btR"
            b"(K\x01\x8a\x08" + struct.pack("<q", 2**60) + b"\x85cnumpy\ndtype\n(X\x02\x00\x00\x00f8K\x00K\x01tR"
            b"I00\nC\x00tb."
        ),
    )
    yield one(
        "a number format of a gigabyte",
        lambda: b"\x80\x04}X\x03\x00\x00\x00emgcnumpy\ndtype\n(X\x0b\x00\x00\x00|V999999999K\x00K\x01tRs.",
    )


# Parquet


def _parquet_files() -> Iterator[Stranger]:
    def one(name: str, make: Callable[[], bytes], may_open: bool = False) -> Stranger:
        return Stranger(f"parquet, {name}", ".parquet", make, may_open)

    def table(**columns: object) -> bytes:
        import pyarrow as pa
        from pyarrow import parquet

        file = io.BytesIO()
        parquet.write_table(pa.table(columns), file)
        return file.getvalue()

    yield one("empty", lambda: b"")
    yield one("nothing but the magic", lambda: b"PAR1PAR1")
    yield one("a foot of four gigabytes", lambda: b"PAR1" + struct.pack("<I", 2**32 - 1) + b"PAR1")
    yield one(
        "a foot of noise", lambda: b"PAR1" + np.random.default_rng(4).bytes(500) + struct.pack("<I", 500) + b"PAR1"
    )
    yield one("cut in two", lambda: table(a=[1.0] * 1000)[:-200])
    yield one("encrypted", lambda: b"PARE" + table(a=[1.0])[4:-4] + b"PARE")
    yield one("words", lambda: table(a=["x", "y"], b=["x", "y"]))
    yield one("lists in cells", lambda: table(a=[[1.0, 2.0], [3.0]]))
    yield one("5,000 columns", lambda: table(**{f"c{i}": [1.0] for i in range(5000)}))
    yield one("no rows", lambda: table(a=np.zeros(0)), True)
    yield one("no columns", lambda: table())
    yield one("descriptions that lie", lambda: _described(b'{"fs": -5, "sample_shape": [1000000]}'))
    yield one("descriptions that are none", lambda: _described(b"{{{{"))


def _described(text: bytes) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    file = io.BytesIO()
    one = pa.table({"time [s]": [0.0, 1.0], "a": [1.0, 2.0]})
    parquet.write_table(one.replace_schema_metadata({b"myoscope": text, b"myoscope.info": text, b"info": text}), file)
    return file.getvalue()


# Sessions in one file


def _zip_files(good: Path) -> Iterator[Stranger]:
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


def strange_files(good: Path) -> list[Stranger]:
    """Return all files; `good` is a session that is fine."""
    files = [*_xdf_files(), *_edf_files(), *_csv_files(), *_npz_files(), *_bio_files(), *_parquet_files()]
    return [*files, *_zip_files(good), *_other_names()]


def _other_names() -> Iterator[Stranger]:
    yield Stranger("no suffix at all", "", lambda: b"hello")
    yield Stranger("a suffix nobody knows", ".exe", lambda: b"MZ" + b"\0" * 100)
    yield Stranger("gzip that is an XDF", ".xdfz", lambda: zlib.compress(b"\0" * 10**6))
    yield Stranger("a session's metadata", ".json", lambda: json.dumps({"zarr_format": 3}).encode())
