"""Arrays, pickles and Parquet files that nobody should have to open."""

from __future__ import annotations

import io
import pickle
import struct
from collections.abc import Callable, Iterator

import numpy as np

from .strange_bytes import Bomb, Stranger, npy, zipped


def npz_files() -> Iterator[Stranger]:
    """Yield NumPy archives."""

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


def bio_files() -> Iterator[Stranger]:
    """Yield pickles."""

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


def parquet_files() -> Iterator[Stranger]:
    """Yield Parquet files."""

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
