"""EDF and BDF files that nobody should have to open."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from .strange_bytes import Stranger


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


def edf_files() -> Iterator[Stranger]:
    """Yield them."""

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
