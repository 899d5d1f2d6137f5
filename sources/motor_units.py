"""Muscles made of motor units: when units fire, what an electrode sees of it.

A unit is recruited when the drive to its muscle passes its threshold, and fires faster as the drive grows; later
units are larger (Fuglevand et al., J Neurophysiol 70, 1993). Each discharge leaves an action potential of 10 to 15 ms
at an electrode pair; along the fibres it travels at about 4 m/s away from the innervation zone, in both directions.

Everything here is made once, as a loop whose end joins its beginning.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Profile = Literal["contractions", "ramp", "steady", "rest"]

LOOP_S = 24.0
DRIVE_HZ = 50
N_UNITS = 32
GRID_ROWS = 8
ELECTRODE_DISTANCE_MM = 8.0
CONDUCTION_M_PER_S = 4.0
INNERVATION_ROW = 1.4
_HALF_WIDTH_S = 0.009


def drive(profile: Profile, n_muscles: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return how strongly each muscle is driven over one loop, shape (LOOP_S * DRIVE_HZ, n_muscles), 0 to 1.

    Parameters
    ----------
    profile
        ``contractions``: holds of about 2.5 s, neighbouring muscles in turn like flexor and extensor; ``ramp``: a slow
        rise to full force, a hold and a release, all muscles together; ``steady``: 40 % all the time; ``rest``: none.
    n_muscles
        How many muscles.
    rng
        Where the variation comes from.
    """
    n = round(LOOP_S * DRIVE_HZ)
    t = np.arange(n) / DRIVE_HZ
    wanted = np.zeros((n, n_muscles))
    if profile == "steady":
        wanted[:] = 0.4
    elif profile == "ramp":
        wanted[:] = np.interp(t % 12.0, (0, 1, 8, 9.5, 11, 12), (0, 0, 1, 1, 0, 0))[:, None]
    elif profile == "contractions":
        for muscle in range(n_muscles):
            level = rng.permutation((0.45, 0.7, 0.9, 1.0))[(t // 6.0).astype(int)]
            turn = 0.4 if muscle % 2 == 0 else 3.4
            hold = _smooth_step((t % 6.0) - turn, 0.35) - _smooth_step((t % 6.0) - turn - 2.3, 0.45)
            other = _smooth_step((t % 6.0) - 3.8 + turn, 0.35) - _smooth_step((t % 6.0) - 3.8 + turn - 2.3, 0.45)
            tremor = 1 + 0.06 * np.sin(2 * np.pi * (t * rng.integers(20, 60) / LOOP_S + rng.random()))
            # Antagonists and posture muscles are never quite silent while their neighbour works.
            wanted[:, muscle] = np.roll(hold * level * tremor + 0.05 * other, round(muscle // 2 * 0.22 * DRIVE_HZ))
    return wanted.clip(0, 1)


def _smooth_step(t: NDArray[np.float64], rise_s: float) -> NDArray[np.float64]:
    x = (t / rise_s).clip(0, 1)
    step: NDArray[np.float64] = x * x * (3 - 2 * x)
    return step


def discharges(
    drive_of_muscle: NDArray[np.float64], n_units: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return when units fire over one loop, s, and which one it is each time.

    Parameters
    ----------
    drive_of_muscle
        Shape (LOOP_S * DRIVE_HZ,), 0 to 1.
    n_units
        Units of the muscle; the first are recruited first.
    rng
        Intervals vary by 18 %.
    """
    share = (np.arange(n_units) + 1) / n_units
    thresholds = 0.65 * np.expm1(share * np.log(20)) / 19
    above = drive_of_muscle[:, None] - thresholds
    rates = np.where(above > 0, 8 + 26 * above / (1 - thresholds), 0.0)
    turns = np.concatenate([np.zeros((1, n_units)), np.cumsum(rates, axis=0) / DRIVE_HZ])
    totals = turns[-1]
    intervals = (1 + 0.18 * rng.standard_normal((n_units, int(totals.max() * 1.3) + 12))).clip(0.3)
    phases = rng.random((n_units, 1)) + np.cumsum(intervals, axis=1)
    units, nth = np.nonzero(phases < totals[:, None])
    # All units in one line, each further up, so that one search finds every time at which a count is reached.
    lift = np.arange(n_units) * (totals.max() + 2)
    row = np.searchsorted((turns + lift).T.ravel(), phases[units, nth] + lift[units], side="right") - 1
    row -= units * len(turns)
    within = (phases[units, nth] - turns[row, units]) / (turns[row + 1, units] - turns[row, units])
    return (row + within) / DRIVE_HZ, units


def action_potentials(t_s: NDArray[np.float64], n_units: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return what each unit's discharge looks like, shape (n_units, *t_s.shape[-1:]), larger for later units.

    A mixture of the first and second derivative of a Gaussian of 1.6 to 2.4 ms: two or three phases, 10 to 15 ms long,
    with mean frequencies of 75 to 120 Hz.

    Parameters
    ----------
    t_s
        Time from the discharge, s, shape (n,) or one row a unit, shape (n_units, n).
    n_units
        How many units.
    rng
        Where their widths, forms and signs come from.
    """
    sigma = rng.uniform(0.0016, 0.0024, (n_units, 1))
    form = rng.uniform(0, 2 * np.pi, (n_units, 1))
    size = np.exp(np.log(25) * (np.arange(n_units)[:, None] / n_units)) * rng.uniform(0.7, 1.3, (n_units, 1))
    x = t_s / sigma
    bell = np.exp(-0.5 * x * x)
    return np.asarray(size * (np.cos(form) * x + np.sin(form) * (x * x - 1)) * bell)


def bipolar_loop(
    n_rows: int, rate_hz: float, drive_of_muscle: NDArray[np.float64], seed: int, muscle: int
) -> NDArray[np.float32]:
    """Return one loop of bipolar EMG over one muscle, shape (n_rows,), of no particular size.

    Parameters
    ----------
    n_rows
        Samples in the loop.
    rate_hz
        Sampling rate, Hz.
    drive_of_muscle
        Shape (LOOP_S * DRIVE_HZ,), 0 to 1.
    seed, muscle
        The same two numbers give the same muscle.
    """
    rng = np.random.default_rng((seed, 1, muscle))
    half = max(1, round(_HALF_WIDTH_S * rate_hz))
    steps = np.arange(2 * half + 1)
    potentials = action_potentials((steps - half) / rate_hz, N_UNITS, rng)
    times, units = discharges(drive_of_muscle, N_UNITS, rng)
    at = np.rint(times * rate_hz).astype(np.int64)[:, None] + steps
    return _closed(np.bincount(at.ravel(), potentials[units].ravel(), minlength=n_rows), n_rows)


def grid_loop(
    n_rows: int, rate_hz: float, drive_of_muscle: NDArray[np.float64], n_columns: int, seed: int
) -> NDArray[np.float32]:
    """Return one loop of single-differential EMG under a grid on one muscle, shape (n_rows, GRID_ROWS * n_columns).

    Fibres run along the columns; channels go down the first column, then down the next. The innervation zone lies
    between the second and the third row, so that potentials travel both ways from there and turn over.

    Parameters
    ----------
    n_rows
        Samples in the loop.
    rate_hz
        Sampling rate, Hz.
    drive_of_muscle
        Shape (LOOP_S * DRIVE_HZ,), 0 to 1.
    n_columns
        Columns of electrodes.
    seed
        The same seed gives the same muscle.
    """
    rng = np.random.default_rng((seed, 2))
    distance = np.arange(GRID_ROWS) - rng.normal(INNERVATION_ROW, 0.15, (N_UNITS, 1))
    speed = rng.normal(CONDUCTION_M_PER_S, 0.2, (N_UNITS, 1))
    delays = np.abs(distance) * ELECTRODE_DISTANCE_MM / 1000 / speed
    centre, width = rng.uniform(-0.5, n_columns - 0.5, (N_UNITS, 1)), rng.uniform(0.8, 2.2, (N_UNITS, 1))
    across = np.exp(-0.5 * ((np.arange(n_columns) - centre) / width) ** 2)
    before = max(1, round(_HALF_WIDTH_S * rate_hz))
    length = before + max(1, round((_HALF_WIDTH_S + delays.max()) * rate_hz)) + 1
    t = (np.arange(length) - before) / rate_hz
    # The same widths, forms and sizes at every row: the generator starts again from the same state.
    rows = [action_potentials(t - delays[:, [r]], N_UNITS, np.random.default_rng((seed, 3))) for r in range(GRID_ROWS)]
    along = np.stack(rows, axis=-1) * np.tanh(2 * distance)[:, None, :]
    seen = (across[:, None, :, None] * along[:, :, None, :]).reshape(N_UNITS, length, -1).astype(np.float32)
    times, units = discharges(drive_of_muscle, N_UNITS, rng)
    whole = np.zeros((n_rows + length, seen.shape[2]), dtype=np.float32)
    for at, unit in zip(np.rint(times * rate_hz).astype(int).tolist(), units.tolist(), strict=True):
        whole[at : at + length] += seen[unit]
    return _closed(whole, n_rows)


def _closed(whole: NDArray[Any], n_rows: int) -> NDArray[np.float32]:
    """Return the first `n_rows` of `whole` with what runs over the end added to the beginning."""
    loop = whole[:n_rows].astype(np.float32)
    for first in range(n_rows, len(whole), n_rows):
        rest = whole[first : first + n_rows]
        loop[: len(rest)] += rest
    return loop
