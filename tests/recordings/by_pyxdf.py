"""XDF files as pyxdf reads them."""

from __future__ import annotations

import logging

import pyxdf


def load(path, **options):
    """Return the streams by their names, and the file's header."""
    # It tells of segments through the root logger; that is no matter here.
    logging.getLogger("pyxdf").setLevel(logging.CRITICAL)
    streams, header = pyxdf.load_xdf(str(path), **{"dejitter_timestamps": False, **options})
    return {stream["info"]["name"][0]: stream for stream in streams}, header
