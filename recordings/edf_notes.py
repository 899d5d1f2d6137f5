"""What a person is told of an EDF or BDF file that was written: what was rounded, padded, renamed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .edf_grid import Run, padding_of
from .edf_rates import Records
from .edf_signals import Laid

MAX_RATE_ERROR = 1e-9


def notes_of(
    laid: Sequence[Laid], records: Records, runs: Sequence[Run], zero: float, apart: Mapping[str, float]
) -> list[str]:
    """Return sentences on values, padding, times and parts of a file.

    Parameters
    ----------
    laid
        Its streams.
    records
        How samples are laid into its records.
    runs
        Which records there are.
    zero
        When it begins, s, LSL clock.
    apart
        How far the times of each stream are from those of the file at most, s.
    """
    notes = []
    for one in laid:
        name, info = one.stream.name, one.stream.info
        unit = one.unit or "units"
        if all(scale.is_whole for scale in one.scales):
            exact = all(scale.is_exact for scale in one.scales)
            rounded = "" if exact else ", the scale is told to 7 digits"
            notes.append(f"{name}: every sample is exact{rounded}.")
        else:
            step = max(scale.step for scale in one.scales)
            notes.append(f"{name}: values are rounded to steps of at most {step:.3g} {unit}.")
        if one.unit not in (info.unit, info.unit.replace("µ", "u")):
            notes.append(f"{name}: its unit {info.unit} is written as {unit}.")
        if one.extremes.n_foreign:
            notes.append(f"{name}: {one.extremes.n_foreign:,} values that are no numbers became 0.")
        if len(info.sample_shape) > 1:
            notes.append(f"{name}: samples of shape {info.sample_shape} became {info.n_channels} channels.")
        padded = sum(n for _, n in padding_of(one.segments, runs, one.n_samples))
        if padded:
            notes.append(f"{name}: {padded:,} samples of padding fill its records; annotations say where.")
        last = one.segments[-1]
        behind = one.stream.last_timestamp - zero - float((last.slot + last.n - 1) / one.rate)
        if apart[name] * float(one.rate) > 1:
            notes.append(
                f"{name}: the file's even times are up to {1000 * apart[name]:.1f} ms from those recorded,"
                f" {1000 * behind:+.1f} ms at its end."
            )
    if records.error > MAX_RATE_ERROR:
        notes.append(f"Rates are rounded by {records.error:.2g} of themselves, to fit whole records.")
    if len(runs) > 1:
        notes.append(f"The file is discontinuous: {len(runs)} parts, since nothing was recorded between them.")
    notes.append("Each stream's times are told by its rate, from its first sample and after each gap anew.")
    return notes


def notes_of_names(renamed: Sequence[str]) -> list[str]:
    """Return a sentence where names had to be shortened."""
    if not renamed:
        return []
    names = "1 name does" if len(renamed) == 1 else f"{len(renamed)} names do"
    return [f"{names} not fit 16 plain characters; annotations at the beginning tell them whole."]
