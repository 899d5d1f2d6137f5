"""The checksum is the one that files have always had, whichever library does it."""

from __future__ import annotations

import importlib
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.recordings import checksum


@pytest.fixture(params=[True, False], ids=["as installed", "without isal"], scope="module")
def crc32(request):
    """Return the function, with the quick library where there is one, and without it."""
    if request.param:
        yield checksum.crc32
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "isal", None)
        patch.setitem(sys.modules, "isal.isal_zlib", None)
        yield importlib.reload(checksum).crc32
    importlib.reload(checksum)


@given(st.lists(st.binary(max_size=3000), max_size=6), st.integers(0, 2**32 - 1))
def test_it_is_that_of_zlib_in_one_piece_or_several(crc32, pieces, start):
    crc = start
    for piece in pieces:
        crc = crc32(memoryview(piece), crc)
    assert crc == zlib.crc32(b"".join(pieces), start)
