"""Any board that BrainFlow knows."""

from __future__ import annotations

import importlib.util
import ipaddress
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, get_args

import numpy as np
from numpy.typing import NDArray

from .block import Block
from .boards import ChannelSet, board_id, channel_rows, description, load
from .clock import local_clock
from .errors import SourceError, SourceLost
from .info import StreamInfo
from .language import tr
from .packets import PacketGaps
from .source import Found
from .unix_time import UnixTime

MAX_TEXT = 128
MAX_RING_BYTES = 256 * 2**20
MAX_WAIT_S = 0.1
POLL_S = 0.008
SILENT_S = 5.0
PLAYED_S = 1.0
ADVICE = {
    1: "is busy: another program has it. Close that program, then connect again",
    2: "cannot be opened. Check that it is plugged in, that the address is right and that no other program has it",
    3: "is not at that serial port, or the port may not be used. Check serial_port and your right to open it",
    4: "does not answer. Check that it is switched on and in reach",
    5: "sends what cannot be understood. Switch it off and on, and check that board names the right model",
    6: "does not start. Switch it off and on, then connect again",
    7: "is not ready. Switch it off and on, then connect again",
    9: "cannot buffer that much. Give a smaller buffer_s",
    13: "needs other settings. Most boards want serial_port, mac_address or ip_address; see BrainFlow's list of boards",
    14: "is not supported by BrainFlow on this computer",
    16: "is busy: this program has it already. Disconnect the other stream first",
    18: "did not answer in time. Check that it is switched on and in reach, or give a longer timeout_s",
}


@dataclass(eq=False)
class BrainFlowSource:
    """A board read through BrainFlow: OpenBCI, g.tec Unicorn, BrainBit, Muse, gForce, Callibri and many more.

    Each board has one owner in the program. Rows that went missing, on the way or because they were not fetched in
    time, are told from the board's packet counter together with the timestamps.

    Parameters
    ----------
    board
        The board's name in BrainFlow, such as ``synthetic``, ``cyton`` or ``ganglion_native``.
    channels
        Which channels: ``emg``, ``eeg``, ``exg`` (all electrodes) or ``all`` (also motion, battery and so on, in
        units of their own).
    serial_port
        Serial port, such as ``COM3`` or ``/dev/ttyUSB0``, for boards with a dongle or cable.
    mac_address
        Bluetooth address; empty for the first such board found.
    ip_address
        Network address, for boards on Wi-Fi.
    ip_port
        Network port, 0 to 65535.
    serial_number
        Serial number, or the Bluetooth name, for boards that are found by it.
    other_info
        What the board wants besides; see BrainFlow's list of boards.
    timeout_s
        How long BrainFlow looks for the board, whole s; 0 for its own choice.
    file
        A BrainFlow recording, for ``playback_file``.
    master_board
        Name of the board that made the data, for ``playback_file`` and ``streaming``.
    buffer_s
        How much BrainFlow keeps while nobody reads, s.
    clock
        The LSL clock, unless a test passes its own.
    sleep
        Waits for a number of seconds; a test passes its own.
    """

    board: str = "synthetic"
    channels: ChannelSet = "emg"
    serial_port: str = ""
    mac_address: str = ""
    ip_address: str = ""
    ip_port: int = 0
    serial_number: str = ""
    other_info: str = ""
    timeout_s: int = 0
    file: str = ""
    master_board: str = ""
    buffer_s: float = 60.0
    clock: Callable[[], float] = field(default=local_clock, repr=False)
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    # Who has which board in this process, by board and settings: BrainFlow keeps one session for equal settings, and
    # ends it when any BoardShim made with them is collected. An entry lives from `connect` to `disconnect`.
    _owners: ClassVar[dict[tuple[int, str], BrainFlowSource]] = {}

    def __post_init__(self) -> None:
        self._api: Any = None
        self._shim: Any = None
        self._key: tuple[int, str] | None = None
        self._held: NDArray[np.float64] = np.empty((0, 0))
        self.battery_percent = math.nan
        """What the board says is left in its battery, %; NaN where it does not say."""

    def connect(self) -> StreamInfo:
        """Open the board, start it and describe the stream. Takes as long as BrainFlow needs to find the board.

        Raises
        ------
        SourceError
            When BrainFlow has no such board, the board has no such channels, a setting is out of its range, or the
            board is busy or does not answer.
        """
        if self._shim is not None:
            raise SourceError(f"Board {self.board!r} is connected already. Disconnect it first.")
        self._api = api = load()
        number = board_id(api, self.board, "board")
        params = self._params(api, number)
        described = number if params.master_board == api.BoardIds.NO_BOARD else params.master_board
        descr = description(api, described, self.board)
        self._rows, labels = channel_rows(descr, self.channels, self.board)
        rate_hz = float(descr["sampling_rate"])
        info = StreamInfo(
            fs=rate_hz,
            name=f"{descr.get('name', self.board)} (BrainFlow)",
            channel_names=labels,
            # Motion, battery and the like come in units of their own.
            unit="" if self.channels == "all" else "µV",
            dtype="float64",
            device={"kind": "brainflow", "board": api.BoardIds(number).name, "channels": self.channels},
        )
        self._counter_row: int | None = descr.get("package_num_channel")
        self._time_row = int(descr["timestamp_channel"])
        self._battery_row: int | None = descr.get("battery_channel")
        self.battery_percent = math.nan
        self._ends = number == api.BoardIds.PLAYBACK_FILE_BOARD
        n_ring = min(math.ceil(self.buffer_s * rate_hz), MAX_RING_BYTES // (8 * int(descr["num_rows"])))
        self._open(api, number, params, max(1, n_ring))
        self._gaps = PacketGaps(rate_hz)
        self._time = UnixTime(self.clock)
        self._held = np.empty((int(descr["num_rows"]), 0))
        self._undecided = False
        self._heard = self.clock()
        return info

    def _open(self, api: Any, number: int, params: Any, n_ring: int) -> None:
        key = number, str(params.to_json())
        if self._owners.setdefault(key, self) is not self:
            raise SourceError(f"Board {self.board!r} {ADVICE[16]}.")
        self._key = key
        # Only now: merely to make and drop a second one would end the first one's session.
        self._shim = api.BoardShim(number, params)
        try:
            self._shim.prepare_session()
            self._shim.start_stream(n_ring)
        except api.BrainFlowError as error:
            self.disconnect()
            unknown = f"cannot be opened ({error}). Check that it is switched on and in reach"
            advice = ADVICE.get(error.exit_code, unknown)
            raise SourceError(f"Board {self.board!r} {advice}.") from error
        except BaseException:
            self.disconnect()
            raise

    def _params(self, api: Any, number: int) -> Any:
        params = api.BrainFlowInputParams()
        for key in ("serial_port", "mac_address", "ip_address", "serial_number", "other_info", "file"):
            text = getattr(self, key)
            if len(text) > MAX_TEXT * (8 if key == "file" else 1) or not text.isprintable():
                raise SourceError(f"{key} of the board is too long or has odd characters. Check its spelling.")
            setattr(params, key, text)
        if self.ip_address:
            try:
                ipaddress.ip_address(self.ip_address)
            except ValueError:
                raise SourceError(f"{self.ip_address!r} is no network address. Write one like 192.168.4.1.") from None
        if not 0 <= self.ip_port <= 65535:
            raise SourceError(f"ip_port is {self.ip_port}. Give 0 to 65535.")
        if not 0 <= self.timeout_s <= 600:
            raise SourceError(f"timeout_s is {self.timeout_s}. Give 0 to 600 s.")
        if not (math.isfinite(self.buffer_s) and 0.1 <= self.buffer_s <= 3600):
            raise SourceError(f"buffer_s is {self.buffer_s:g}. Give 0.1 to 3600 s.")
        if self.channels not in get_args(ChannelSet):
            raise SourceError(f"channels is {self.channels!r}. Choose one of {', '.join(get_args(ChannelSet))}.")
        params.ip_port = self.ip_port
        params.timeout = self.timeout_s
        plays = number == api.BoardIds.PLAYBACK_FILE_BOARD
        if plays and not Path(self.file).is_file():
            raise SourceError(f"There is no file {self.file!r} to play. Give a BrainFlow recording as file.")
        if plays or number == api.BoardIds.STREAMING_BOARD:
            if not self.master_board:
                raise SourceError(f"Board {self.board!r} plays another board's data. Name that one as master_board.")
            params.master_board = board_id(api, self.master_board, "master_board")
        return params

    def read(self) -> Block | None:
        """Return the rows that came, shape (n_samples, n_channels), float64, or None; wait at most 0.1 s.

        Raises
        ------
        SourceLost
            When the board fails, has been silent for 5 s, or is not connected.
        EOFError
            When a played file has come to its end.
        """
        if self._shim is None:
            raise SourceLost(f"Board {self.board!r} is not connected. Connect it first.")
        fresh = self._fetch()
        now = self.clock()
        if fresh.shape[1]:
            self._heard = now
            self._held = np.concatenate([self._held, fresh], axis=1)
            self._note_battery(fresh)
        elif self._ends and now - self._heard > PLAYED_S:
            raise EOFError(f"{self.file} has been played to its end.")
        elif now - self._heard > SILENT_S:
            raise SourceLost(
                f"Board {self.board!r} has sent nothing for {SILENT_S:g} s. Check that it is switched on and in reach."
            )
        stamps = self._held[self._time_row]
        counters = np.zeros(len(stamps)) if self._counter_row is None else self._held[self._counter_row]
        n, lost = self._gaps.take(counters, stamps, final=not fresh.shape[1])
        self._undecided = n == 0
        if not n:
            return None
        taken, self._held = self._held[:, :n], self._held[:, n:]
        data = np.ascontiguousarray(taken[self._rows].T)
        return Block(data, self._time.to_lsl(taken[self._time_row]), lost)

    def _note_battery(self, fresh: NDArray[np.float64]) -> None:
        if self._battery_row is not None:
            # Rows between two readings hold 0 on some boards.
            told = fresh[self._battery_row]
            told = told[(told > 0) & (told <= 100)]
            self.battery_percent = float(told[-1]) if len(told) else self.battery_percent

    def _fetch(self) -> NDArray[np.float64]:
        """Return what the board has sent, shape (n_rows, n_samples); wait for something unless rows are at hand."""
        left_s = 0.0 if self._held.shape[1] and not self._undecided else MAX_WAIT_S
        try:
            while left_s > 0 and not self._shim.get_board_data_count():
                self.sleep(POLL_S)
                left_s -= POLL_S
            fetched: NDArray[np.float64] = self._shim.get_board_data()
        except self._api.BrainFlowError as error:
            raise SourceLost(f"Board {self.board!r} was lost ({error}). Check its cable or radio.") from error
        return fetched

    def disconnect(self) -> None:
        """Stop the board and let it go. Safe to call twice, and after a failed `connect`."""
        shim, self._shim = self._shim, None
        try:
            if shim is not None and shim.is_prepared():
                # Stops the stream too.
                shim.release_session()
        except self._api.BrainFlowError:
            # It is gone already.
            return
        finally:
            del shim
            if self._key is not None and self._owners.get(self._key) is self:
                del self._owners[self._key]
            self._key = None

    @classmethod
    def discover(cls, timeout_s: float = 1.0) -> list[Found]:  # noqa: ARG003  (nothing to wait for)
        """Return BrainFlow's own synthetic board; real ones are found by connecting to them by name."""
        if importlib.util.find_spec("brainflow") is None:
            return []
        return [Found("brainflow:synthetic", tr("BrainFlow synthetic board"), tr("16 channels · 250 Hz"))]
