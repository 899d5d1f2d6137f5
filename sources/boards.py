"""What BrainFlow says about the boards it knows."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import Any, Literal

from .errors import SourceError
from .info import names

ChannelSet = Literal["emg", "eeg", "exg", "all"]

EXG = ("emg", "eeg", "ecg", "eog")
# Descriptions call these so; everything else that ends in _channels is data.
NOT_DATA = ("package_num_channel", "timestamp_channel", "marker_channel")


def load() -> Any:
    """Return BrainFlow's board module, with its own log turned off.

    Raises
    ------
    SourceError
        When it is not installed, or its library does not load here.
    """
    try:
        from brainflow import board_shim

        board_shim.BoardShim.disable_board_logger()
    except (ImportError, OSError) as error:
        raise SourceError(f"BrainFlow cannot be loaded: {error}. Run: pip install brainflow") from error
    return board_shim


def board_id(api: Any, name: str, what: str) -> int:
    """Return BrainFlow's number for a board, however its name is spelled.

    Parameters
    ----------
    api
        What `load` returned.
    name
        Such as ``cyton``, ``Cyton`` or ``CYTON_BOARD``.
    what
        The setting that the name came from.

    Raises
    ------
    SourceError
        When there is no such board; the message names those that sound alike.
    """
    boards = {board.name.removesuffix("_BOARD"): int(board) for board in api.BoardIds if board.name != "NO_BOARD"}
    wanted = name.strip().upper().replace("-", "_").replace(" ", "_").removesuffix("_BOARD")
    if wanted in boards:
        return boards[wanted]
    near = difflib.get_close_matches(wanted, boards, 3, 0.5) or ["SYNTHETIC", "CYTON", "GANGLION"]
    raise SourceError(
        f"BrainFlow has no board called {name[:60]!r}. Give {what} by name, such as"
        f" {', '.join(board.lower() for board in near)}."
    )


def description(api: Any, number: int, name: str) -> dict[str, Any]:
    """Return BrainFlow's description of a board: rate, number of rows, and which row holds what.

    Raises
    ------
    SourceError
        When there is none, or it lacks what reading needs.
    """
    try:
        descr = api.BoardShim.get_board_descr(number)
    except api.BrainFlowError as error:
        raise SourceError(f"BrainFlow cannot describe board {name!r} ({error}). Is it the newest version?") from error
    descr = json.loads(descr) if isinstance(descr, str) else dict(descr)
    if not descr.get("sampling_rate") or "timestamp_channel" not in descr or not descr.get("num_rows"):
        raise SourceError(f"BrainFlow does not say how board {name!r} lays out its samples. Choose another board.")
    return descr


def channel_rows(descr: Mapping[str, Any], wanted: ChannelSet, board: str) -> tuple[list[int], tuple[str, ...]]:
    """Return the rows of BrainFlow's table to read, in order, and what they are called.

    Raises
    ------
    SourceError
        When the board has none of that kind; the message lists what it has.
    """
    kinds = {key.removesuffix("_channels"): list(rows) for key, rows in descr.items() if key.endswith("_channels")}
    singles = {
        key.removesuffix("_channel"): [int(row)]
        for key, row in descr.items()
        if key.endswith("_channel") and key not in NOT_DATA
    }
    order = {"emg": ("emg",), "eeg": ("eeg",), "exg": EXG, "all": (*EXG, *kinds, *singles)}[wanted]
    found: dict[int, str] = {}
    for kind in order:
        rows = (kinds | singles).get(kind, [])
        given = [label.strip() for label in str(descr.get(f"{kind}_names", "")).split(",")]
        labels = given if len(given) == len(rows) and all(given) else names(kind, len(rows))
        for row, label in zip(rows, labels, strict=True):
            found.setdefault(int(row), kind if kind in singles else label)
    if not found:
        has = ", ".join(f"{kind} ({len(rows)})" for kind, rows in sorted(kinds.items())) or "none"
        usable = next((kind for kind in ("eeg", "exg") if any(kinds.get(k) for k in (kind, *EXG))), "all")
        raise SourceError(f"Board {board!r} has no {wanted} channels. It has: {has}. Choose channels={usable}.")
    rows_in_order = sorted(found)
    return rows_in_order, tuple(found[row] for row in rows_in_order)
