"""What is believed of a shard's bytes: pure functions that decode its index and chunks, within what was declared."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import SessionError
from .shards import BLOSC_HEADER, CRC_BYTES, ShardLayout


def decode_index(data: NDArray[np.uint8], layout: ShardLayout, n_file_bytes: int, what: object) -> NDArray[np.int64]:
    """Return where the inner chunks of a shard are.

    Parameters
    ----------
    data
        The end of its file, shape (index_bytes,).
    layout
        What was declared.
    n_file_bytes
        Length of the file.
    what
        The shard, for messages.

    Returns
    -------
    NDArray[np.int64]
        Shape (n_inner, 2): offset and length; -1 where there is no chunk.

    Raises
    ------
    SessionError
        When a bit of it is wrong, or a chunk lies outside the file.
    """
    import google_crc32c

    body = data[:-CRC_BYTES]
    if google_crc32c.value(body.tobytes()) != int(data[-CRC_BYTES:].view("<u4")[0]):
        raise SessionError(f"{what} is damaged: its index does not add up. Restore it from a copy.")
    index: NDArray[np.int64] = body.view("<i8").reshape(-1, 2).astype(np.int64)
    there = (index != -1).all(axis=1)
    offsets, lengths = index[there, 0], index[there, 1]
    most = layout.inner_bytes + BLOSC_HEADER.size + CRC_BYTES
    end = n_file_bytes - layout.index_bytes
    if (
        (offsets < 0).any()
        or (offsets > end).any()
        or (lengths < BLOSC_HEADER.size + CRC_BYTES).any()
        or (lengths > most).any()
        or (offsets > end - lengths).any()
        or (index[~there] != -1).any()
    ):
        raise SessionError(f"{what} is damaged: its index points outside of it. Restore it from a copy.")
    return index


def decode_inner(data: NDArray[np.uint8], out: NDArray[Any], what: object) -> None:
    """Decompress an inner chunk into `out`, C-contiguous, of exactly as many bytes as was declared.

    Raises
    ------
    SessionError
        When a bit of it is wrong, or another number of bytes would come out; nothing is decompressed then.
    """
    import google_crc32c
    from numcodecs import blosc  # type: ignore[import-untyped]  # numcodecs has no annotations

    body, crc = data[:-CRC_BYTES], data[-CRC_BYTES:]
    if google_crc32c.value(body) != int.from_bytes(crc.tobytes(), "little"):
        raise SessionError(f"{what} is damaged: samples do not add up to their checksum. Restore it from a copy.")
    version, _, _, typesize, n_out, block, n_in = BLOSC_HEADER.unpack_from(body.data)
    if version != 2 or typesize < 1 or n_out != out.nbytes or not 0 < block <= n_out or n_in != len(body):
        raise SessionError(
            f"{what} is damaged: {n_out:,} bytes would come out of a chunk of {out.nbytes:,}. Restore it from a copy."
        )
    try:
        blosc.decompress(body, out)
    except (RuntimeError, ValueError) as error:
        raise SessionError(f"{what} is damaged: it does not decompress ({error}). Restore it from a copy.") from None
