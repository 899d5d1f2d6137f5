"""Sampling rates as fractions, and how long a data record is so that each holds a whole number of samples.

A rate of 1259.2593 Hz is 34000/27: no record of whole milliseconds holds whole samples of it, but one of 0.0135 s holds
17. The header has eight characters for a record's duration, so that is a decimal of at most eight.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from .errors import SessionError

MAX_RECORD_BYTES = 61440
"""What the EDF specification recommends at most."""
MAX_ODD_BYTES = 2**20
MAX_LONG_BYTES = 16 * 2**20
FINE = 1e-6
COARSE = 1e-3
MAX_SECONDS = Fraction(1, 4)
"""Shorter records need less padding at the end."""
FIELD = 8


class Records(NamedTuple):
    """How samples are laid into data records.

    Parameters
    ----------
    duration
        Of a record, s; a decimal of at most eight characters.
    n_samples
        Of each stream in a record.
    rates
        Of each stream, Hz, exactly as the file says it.
    error
        How far the worst of them is from the rate that was asked, as a fraction of it; 0 for none.
    """

    duration: Fraction
    n_samples: tuple[int, ...]
    rates: tuple[Fraction, ...]
    error: float


def fraction_of(rate_hz: float) -> Fraction:
    """Return the simplest fraction that is written as `rate_hz` is: 1259.2593 is 34000/27.

    A rate of at most two decimals is taken as it is said, and so is one of few digits.
    """
    said = Decimal(repr(float(rate_hz)))
    places = -int(said.as_tuple().exponent)
    half = Fraction(1, 2 * 10 ** max(0, places))
    if places <= 2 or half > Fraction(said) / 100_000:
        return Fraction(said)
    return _simplest(Fraction(said) - half, Fraction(said) + half)


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    """Return the fraction of the smallest denominator between two others (Stern and Brocot)."""
    whole = math.ceil(low)
    if whole <= high:
        return Fraction(whole)
    base = math.floor(low)
    return base + 1 / _simplest(1 / (high - base), 1 / (low - base))


def records_for(rates: Sequence[Fraction], bytes_per_sample: Sequence[int]) -> Records:
    """Return how streams of these rates lie together in data records.

    Parameters
    ----------
    rates
        One a stream, Hz.
    bytes_per_sample
        What one sample of all channels of each stream takes.

    Raises
    ------
    SessionError
        When no record holds whole samples of all of them, not even nearly.
    """
    period = Fraction(math.lcm(*(rate.denominator for rate in rates)), math.gcd(*(rate.numerator for rate in rates)))
    # Only a denominator of twos and fives makes a decimal.
    shortest = period * _without_2_and_5(period.denominator)
    per_second = float(sum(rate * size for rate, size in zip(rates, bytes_per_sample, strict=True)))
    longest = min(MAX_SECONDS, Fraction(MAX_RECORD_BYTES / per_second))
    for n in range(max(1, int(longest / shortest)), 0, -1):
        if len(decimal(shortest * n)) <= FIELD and shortest * n * Fraction(per_second) <= MAX_ODD_BYTES:
            return _exact(rates, shortest * n)
    found = _nearest(rates, per_second)
    if found.error > FINE and len(decimal(shortest)) <= FIELD and shortest * Fraction(per_second) <= MAX_LONG_BYTES:
        return _exact(rates, shortest)
    if found.error > COARSE:
        said = ", ".join(f"{float(rate):g}" for rate in rates)
        raise SessionError(f"Streams of {said} Hz do not fit the records of one EDF file. Choose another format.")
    return found


def _exact(rates: Sequence[Fraction], duration: Fraction) -> Records:
    return Records(duration, tuple(int(rate * duration) for rate in rates), tuple(rates), 0.0)


def _nearest(rates: Sequence[Fraction], per_second: float) -> Records:
    """Return records in which the rates are rounded as little as can be."""
    asked = np.array([float(rate) for rate in rates])
    fastest = asked.max()
    seconds = min(8.0, max(1.0, MAX_ODD_BYTES / per_second))
    counts = np.arange(max(1, math.ceil(fastest * seconds / 8)), max(2, math.ceil(fastest * seconds) + 1))
    durations = np.round(counts / fastest, FIELD - 2)
    samples = np.maximum(1, np.round(durations[:, None] * asked))
    errors = np.abs(samples / durations[:, None] / asked - 1).max(axis=1)
    best = int(np.argmin(errors))
    duration = Fraction(Decimal(f"{durations[best]:.{FIELD - 2}f}"))
    chosen = tuple(int(n) for n in samples[best])
    return Records(duration, chosen, tuple(n / duration for n in chosen), float(errors[best]))


def _without_2_and_5(n: int) -> int:
    for prime in (2, 5):
        while n % prime == 0:
            n //= prime
    return n


def decimal(value: Fraction, digits: int = 60) -> str:
    """Return a fraction as a plain decimal, exactly where it has one of at most `digits` places."""
    scaled = value
    for places in range(digits):
        if scaled.denominator == 1:
            sign, n = "-" if scaled < 0 else "", abs(scaled.numerator)
            if not places:
                return f"{sign}{n}"
            text = str(n).rjust(places + 1, "0")
            return f"{sign}{text[:-places]}.{text[-places:]}"
        scaled *= 10
    return f"{float(value):.12f}"
