"""How a stream's values become the whole numbers of 16 or 24 bits that EDF and BDF hold.

Whole numbers that fit are stored as they are, with a physical range that tells the device's own scale. Others are
spread over the range that the data take, each channel its own; the step is then half the file's resolution at worst.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..sources.info import StreamInfo
from .edf_rates import decimal
from .pieces import pieces
from .stored import StoredStream

FIELD = 8
SMALL = 0.1
LARGE = 9_999_999.0
"""Beyond it, with its sign, a number has no eight characters."""
VOLTS = {"V": 0, "mV": 3, "µV": 6, "μV": 6, "uV": 6, "nV": 9}
_PREFIXES = ((0, "V"), (3, "mV"), (6, "uV"), (9, "nV"))


class Extremes(NamedTuple):
    """What the values of a stream are, as stored.

    Parameters
    ----------
    low, high
        Of the finite values of each channel, shape (n_channels,), float64.
    n_foreign
        Values that are no finite numbers.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    n_foreign: int


class Scale(NamedTuple):
    """How one channel is stored.

    Parameters
    ----------
    physical_min, physical_max
        Texts of the header.
    digital_min, digital_max
        Which whole numbers they stand for.
    factor, addend
        Stored number = value as recorded × factor + addend, rounded.
    step
        What one stored step is, in the unit.
    is_whole
        Whether whole numbers are stored as they are, or moved by a constant.
    is_exact
        Whether the file tells the device's scale to the last digit, too.
    """

    physical_min: str
    physical_max: str
    digital_min: int
    digital_max: int
    factor: float
    addend: float
    step: float
    is_whole: bool
    is_exact: bool


def survey(stream: StoredStream, told: Callable[[int], None]) -> Extremes:
    """Look at every value of a stream once.

    Parameters
    ----------
    stream
        Which one.
    told
        Told how many samples have been looked at.
    """
    n = stream.info.n_channels
    low, high, n_foreign = np.full(n, np.inf), np.full(n, -np.inf), 0
    for piece in pieces(stream):
        flat = piece.data.reshape(len(piece.data), n)
        least, most = flat.min(axis=0), flat.max(axis=0)
        if flat.dtype.kind == "f" and not (np.isfinite(least) & np.isfinite(most)).all():
            fine = np.isfinite(flat)
            n_foreign += flat.size - int(np.count_nonzero(fine))
            least = np.where(fine, flat, np.inf).min(axis=0)
            most = np.where(fine, flat, -np.inf).max(axis=0)
        low, high = np.minimum(low, least), np.maximum(high, most)
        told(len(flat))
    nothing = low > high
    return Extremes(np.where(nothing, 0.0, low), np.where(nothing, 0.0, high), n_foreign)


def largest_of(info: StreamInfo, extremes: Extremes) -> float:
    """Return the largest value of a stream, in its unit and without its sign."""
    with np.errstate(over="ignore"):
        return float(np.max(np.maximum(abs(extremes.low), abs(extremes.high)) * abs(info.scales), initial=0.0))


def fits(info: StreamInfo, extremes: Extremes) -> bool:
    """Whether the range of a stream's values can be told in the eight characters that a header has for it."""
    largest = largest_of(info, extremes)
    return largest * 10.0 ** _unit(info.unit, largest)[1] <= LARGE


def scales_for(info: StreamInfo, extremes: Extremes, bits: int) -> tuple[str, list[Scale]]:
    """Return the unit that the file gives a stream that `fits`, and how each of its channels is stored."""
    unit, power = _unit(info.unit, largest_of(info, extremes))
    return unit, [
        _scale(info.dtype, scale, float(low), float(high), power, bits)
        for scale, low, high in zip(info.scales.tolist(), extremes.low, extremes.high, strict=True)
    ]


def _unit(unit: str, largest: float) -> tuple[str, int]:
    """Return how a unit is spelled in a header, and by which power of ten values grow."""
    if unit in VOLTS and 0 < largest < SMALL:
        # Eight characters have few digits for small numbers.
        for power, spelled in _PREFIXES:
            if power > VOLTS[unit] and largest * 10.0 ** (power - VOLTS[unit]) >= SMALL:
                return spelled, power - VOLTS[unit]
    if unit in VOLTS and largest > LARGE:
        for power, spelled in reversed(_PREFIXES):
            if power < VOLTS[unit] and largest * 10.0 ** (power - VOLTS[unit]) <= LARGE:
                return spelled, power - VOLTS[unit]
    return plain(unit, 8), 0


def _scale(dtype: str, scale: float, low: float, high: float, power: int, bits: int) -> Scale:
    # What was looked at as float64 tells whole numbers beyond 2**53 no more.
    if "int" in dtype and scale and max(-low, high) < 2**53:
        exact = _whole(Decimal(repr(scale)).scaleb(power), int(low), int(high), bits)
        if exact is not None:
            return exact
    return _spread(scale * 10.0**power, sorted((low * scale * 10.0**power, high * scale * 10.0**power)), bits)


def _whole(scale: Decimal, low: int, high: int, bits: int) -> Scale | None:
    """Return how whole numbers are stored as they are, or moved by a constant; None where they do not fit."""
    end = 2 ** (bits - 1)
    shift = 0 if -end <= low and high < end else (low + end if high - low < 2 * end else None)
    if shift is None:
        return None
    wanted = float(scale)
    least, most = low - shift, high - shift
    # Any two points on the line will do: those whose physical values are short texts give the scale exactly.
    round_ends = [(end // 10**k) * 10**k for k in range(1, 7) if 10**k <= end]
    # The last two are for a scale so large that the round ends have no text of eight characters.
    widest = max(-least, most, 1)
    ends = ((-end, end - 1), (1 - end, end - 1), *((-n, n) for n in round_ends), (-widest, widest), (least, most))
    near: list[tuple[int, int, list[str]]] = []
    for first, last in ends:
        if first > least or last < most or first == last or first < -end or last >= end:
            continue
        texts = [_short(Fraction(scale) * (n + shift)) for n in (first, last)]
        if max(map(len, texts)) > FIELD or Fraction(texts[0]) == Fraction(texts[1]):
            continue
        gain = (Fraction(texts[1]) - Fraction(texts[0])) / (last - first)
        zero = Fraction(texts[0]) - gain * (first + shift)
        if float(gain) == wanted and abs(float(zero / gain)) < 1e-6:
            return Scale(texts[0], texts[1], first, last, 1.0, -shift, abs(wanted), True, True)
        near.append((first, last, texts))
    if not near:
        return None
    # Ends that lie evenly about 0 keep a stored 0 a 0.
    first, last, texts = min(near, key=lambda one: one[0] == -end)
    return Scale(texts[0], texts[1], first, last, 1.0, -shift, abs(wanted), True, False)


def _spread(scale: float, ends: list[float], bits: int) -> Scale:
    """Return how values of a range are spread over all stored numbers."""
    low, high = ends
    top = 2 ** (bits - 1) - 1
    if low == high == 0:
        texts, first = ["-1", "1"], -top
    elif low < 0 < high or min(abs(low), abs(high)) <= 0.1 * max(abs(low), abs(high)):
        # A stored 0 is then a 0.
        most = _outward(max(abs(low), abs(high)), up=True)
        texts, first = [f"-{most}" if len(most) < FIELD else _outward(-float(most), up=False), most], -top
    else:
        texts, first = [_outward(low, up=False), _outward(high, up=True)], -top - 1
        if texts[0] == texts[1]:
            texts = [_outward(low - abs(low) / 1000, up=False), _outward(high + abs(high) / 1000, up=True)]
    gain = (Fraction(texts[1]) - Fraction(texts[0])) / (top - first)
    addend = first - Fraction(texts[0]) / gain
    return Scale(texts[0], texts[1], first, top, scale / float(gain), float(addend), float(gain), False, False)


def _short(value: Fraction) -> str:
    """Return a number in eight characters, exactly where that is possible."""
    exact = decimal(value, 20)
    if len(exact) <= FIELD and Fraction(exact) == value:
        return exact
    places = FIELD - 1 - len(str(int(abs(value)))) - (value < 0)
    if places <= 0:
        return str(round(value))
    text = f"{Decimal(value.numerator) / Decimal(value.denominator):.{places}f}"
    return text.rstrip("0").rstrip(".") or "0"


def _outward(value: float, *, up: bool) -> str:
    """Return the nearest number of eight characters that is not below (`up`) or above a value."""
    number = Decimal(value)
    room = FIELD - 2 - (value < 0)
    whole = len(str(int(abs(number))))
    places = max(0, room - whole)
    text = format(number.quantize(Decimal(1).scaleb(-places), ROUND_CEILING if up else ROUND_FLOOR).normalize(), "f")
    if len(text) > FIELD:
        text = ("99999999" if up else "-9999999") if abs(number) >= 10**7 else text[:FIELD]
    return text


def plain(text: str, width: int) -> str:
    """Return text as the plain characters that a header holds: µ is u, ü is u, what has no likeness is _."""
    spelled = text.replace("µ", "u").replace("μ", "u").replace("²", "2").replace("°", "deg").replace("ß", "ss")
    split = unicodedata.normalize("NFKD", spelled)
    kept = "".join(c for c in split if not unicodedata.combining(c))
    return "".join(c if c.isascii() and c.isprintable() else "_" for c in kept)[:width].strip()


def stored(scales: list[Scale]) -> Callable[[NDArray[np.generic]], NDArray[np.int32]]:
    """Return what makes values as recorded, shape (n, n_channels), into stored numbers."""
    factor = np.array([scale.factor for scale in scales])
    addend = np.array([scale.addend for scale in scales])
    first = np.array([scale.digital_min for scale in scales], dtype=np.float64)
    last = np.array([scale.digital_max for scale in scales], dtype=np.float64)
    moved_only = all(scale.is_whole for scale in scales)
    shift = addend.astype(np.int64) if moved_only else None

    def digits(values: NDArray[np.generic]) -> NDArray[np.int32]:
        if shift is not None and values.dtype.kind in "iu":
            moved = values if not shift.any() else values.astype(np.int64) + shift
            return moved.astype(np.int32)
        spread = values.astype(np.float64)
        spread *= factor
        spread += addend
        np.rint(spread, out=spread)
        if not np.isfinite(spread).all():
            # What is no number cannot be stored; it becomes 0, and is counted.
            spread[~np.isfinite(spread)] = 0.0
        np.clip(spread, first, last, out=spread)
        return spread.astype(np.int32)

    return digits
