"""MATLAB 7.3 files: HDF5 with MATLAB's attributes, of any length.

Layout: what MATLAB's own files hold (``MATLAB_class``, cells as references into ``#refs#``, a header of 512 bytes), as
described at https://www.loc.gov/preservation/digital/formats/fdd/fdd000440.shtml and read by mat73 and hdf5storage.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .format_hdf5 import write_rows
from .mat_layout import Rows, Value, variables
from .progress import Progress, part
from .session import Session
from .stretches import shares

if TYPE_CHECKING:
    import h5py

HEADER_BYTES = 512
CLASSES = {"float32": "single", "float64": "double"}
REFERENCES = "#refs#"


def write(session: Session, out: Path, progress: Progress) -> list[str]:
    """Write a session as a MATLAB 7.3 file; samples in the device's own number format, with their scale.

    Parameters
    ----------
    session
        What to write.
    out
        The file to make.
    progress
        Told the share done.
    """
    import h5py

    places = shares(session)
    with h5py.File(out, "x", userblock_size=HEADER_BYTES, libver="earliest") as file:
        for name, value in variables(session).items():
            _write_struct(file, name, value, progress, places)
    with out.open("r+b") as raw:
        raw.write(_header(session))
    return []


def _header(session: Session) -> bytes:
    text = f"MATLAB 7.3 MAT-file, written by myoscope, created {session.created} HDF5 schema 1.00 ."
    return text.encode("ascii", "replace")[:116].ljust(116) + bytes(8) + struct.pack("<H2s", 0x0200, b"IM")


def _write_struct(
    file: h5py.File, name: str, fields: dict[str, Value], progress: Progress, places: dict[str, tuple[float, float]]
) -> None:
    group = file.create_group(name, track_order=False)
    group.attrs["MATLAB_class"] = np.bytes_("struct")
    for key, value in fields.items():
        if isinstance(value, Rows):
            if value.which == 0:
                told = part(progress, *places[value.stream.name])
                # MATLAB turns the dimensions round: (n_samples, n_channels) here is (n_channels, n_samples) there.
                both = write_rows(group, value.stream, told, "gzip", (key, "timestamps"), (1,))
                for dataset in both:
                    _classify(dataset, CLASSES.get(dataset.dtype.name, dataset.dtype.name))
                    if not dataset.size:
                        _declare_empty(group, dataset.name.rsplit("/", 1)[1])
        else:
            _write_value(file, group, key, value)


def _write_value(file: h5py.File, group: h5py.Group, key: str, value: Value) -> None:
    if isinstance(value, str):
        if value:
            codes = np.frombuffer(value.encode("utf-16-le", "replace"), dtype="<u2").reshape(-1, 1)
            _classify(group.create_dataset(key, data=codes), "char")
            group[key].attrs["MATLAB_int_decode"] = np.int32(2)
        else:
            _write_empty(group, key, "char", (0, 0))
    elif isinstance(value, list):
        _write_cell(file, group, key, value)
    elif isinstance(value, np.ndarray) and value.size:
        dataset = group.create_dataset(key, data=np.ascontiguousarray(value.T))
        _classify(dataset, CLASSES.get(value.dtype.name, value.dtype.name))
    elif isinstance(value, np.ndarray):
        _write_empty(group, key, CLASSES.get(value.dtype.name, value.dtype.name), value.shape)


def _write_cell(file: h5py.File, group: h5py.Group, key: str, texts: list[str]) -> None:
    import h5py

    if not texts:
        _write_empty(group, key, "cell", (0, 1))
        return
    store = file.require_group(REFERENCES)
    known: dict[str, h5py.Reference] = {}
    for text in texts:
        if text not in known:
            name = f"t{len(store)}"
            _write_value(file, store, name, text)
            known[text] = store[name].ref
    dataset = group.create_dataset(key, (1, len(texts)), dtype=h5py.ref_dtype)
    dataset[0] = [known[text] for text in texts]
    _classify(dataset, "cell")


def _write_empty(group: h5py.Group, key: str, kind: str, shape: tuple[int, ...]) -> None:
    dataset = group.create_dataset(key, data=np.array(shape, dtype=np.uint64))
    _classify(dataset, kind)
    dataset.attrs["MATLAB_empty"] = np.uint8(1)


def _declare_empty(group: h5py.Group, key: str) -> None:
    """Put MATLAB's way to say «empty» in the place of an array without elements."""
    kind, shape = group[key].attrs["MATLAB_class"].decode(), group[key].shape[::-1]
    del group[key]
    _write_empty(group, key, kind, shape)


def _classify(dataset: h5py.Dataset, kind: str) -> None:
    dataset.attrs["MATLAB_class"] = np.bytes_(kind)
