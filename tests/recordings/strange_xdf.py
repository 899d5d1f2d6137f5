"""XDF files that nobody should have to open."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np

from .strange_bytes import Stranger

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


def xdf_files() -> Iterator[Stranger]:
    """Yield them."""

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
