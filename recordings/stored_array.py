"""Opening an array of a session: as it was recorded, or compacted since."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from .arrays import ArrayLayout
from .errors import SessionError
from .layout import MAX_JSON_BYTES, METADATA
from .places import Place, read_json_in
from .recorded_array import RecordedArray
from .sharded_array import ShardedArray
from .shards import ShardLayout, is_sharded

StoredArray = RecordedArray | ShardedArray


def open_array(
    place: Place, dtype: np.dtype[Any], row_shape: tuple[int, ...], n_chunk_rows: object
) -> tuple[StoredArray, int]:
    """Return an array and its length, whichever way it lies.

    Parameters
    ----------
    place
        Its folder.
    dtype, row_shape, n_chunk_rows
        What it must be when its metadata are lost, at no length; without `n_chunk_rows` they must be there.

    Raises
    ------
    SessionError
        When there is no such array, or it is none of ours.
    """
    try:
        place.require_folder()
        return _parsed(place, read_json_in(place, METADATA, MAX_JSON_BYTES))
    except SessionError:
        if type(n_chunk_rows) is not int or n_chunk_rows < 1:
            raise
        return _parsed(place, ArrayLayout(Path(str(place)), dtype, row_shape, n_chunk_rows).metadata(0))


def _parsed(place: Place, metadata: dict[str, Any]) -> tuple[StoredArray, int]:
    folder = Path(str(place))
    if is_sharded(metadata):
        shards, n_rows = ShardLayout.parse(folder, metadata)
        return ShardedArray(place, shards, n_rows), n_rows
    layout, n_rows = ArrayLayout.parse(folder, metadata)
    return RecordedArray(place, layout), n_rows
