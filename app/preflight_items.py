"""What is looked at before a recording, thing by thing: each with one sentence that says what to do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..sources import StreamInfo
from ..sources.language import later, tr, trn
from .state import StreamState

if TYPE_CHECKING:
    from ..recordings.protocol import ExpectedStream, RecordingProtocol

Grade = Literal["ok", "look", "red"]
DISK_LEAST_S = 60.0
DISK_LITTLE_S = 30 * 60.0
BATTERY_LITTLE = 15.0
"""Percent, where no protocol asks for more."""
SYNC_OLD_S = 15.0
"""LSL compares clocks every few seconds; clocks part by up to 0.1 ms a second."""
AGE_OLD_S = 0.5
RATE_OFF = 0.05
"""Share by which a measured rate may be off before it is worth a look, where no protocol says otherwise."""
RECENT_S = 60.0
RECORDED_BYTES_A_TIME = 8
"""A timestamp a row."""
WAITING = ("connecting", "idle")

HELP: Mapping[str, str] = {
    "stream": later("A stream that gives nothing now is a gap in the recording from its first second."),
    "rate": later("Measured over the last 5 s by the device's own timestamps, against what the device says of itself."),
    "expected": later("The protocol says which streams are to be there, with which rate, channels and unit."),
    "gaps": later("Samples that went missing in the last minute: the recording would have such gaps too."),
    "channels": later("A channel that repeats one value has no contact, no cable or no gain."),
    "clock": later("How well the device's clock is known against this computer's: timestamps are as good as that."),
    "battery": later("What the device says is left. Many say nothing; then look at the device itself."),
    "disk": later("Room on the disk of the recordings folder, at the rate at which these streams fill it."),
}


@dataclass(frozen=True)
class Item:
    """One thing that was looked at.

    Parameters
    ----------
    about
        A stream's name, or ``disk``.
    what
        What was looked at: a key of `HELP`.
    grade
        ``ok``, ``look`` (worth a look) or ``red`` (blocks Record).
    sentence
        What is so, and what to do.
    """

    about: str
    what: str
    grade: Grade
    sentence: str


def bytes_per_second(streams: Sequence[StreamState]) -> float:
    """Return how fast streams fill a disk, bytes/s: by their measured rate, or the nominal one before that is known."""
    total = 0.0
    for stream in streams:
        if stream.info is None or stream.info.is_text:
            continue
        measured = stream.health.rate_hz
        rate = measured if math.isfinite(measured) and measured > 0 else stream.info.fs
        total += rate * (_itemsize(stream.info) * stream.info.n_channels + RECORDED_BYTES_A_TIME)
    return total


def _itemsize(info: StreamInfo) -> int:
    return int("".join(letter for letter in info.dtype if letter.isdigit()) or 32) // 8


def is_required(name: str, protocol: RecordingProtocol) -> bool:
    """Whether a protocol needs a stream of this name."""
    return any(expected.required and expected.means(name) for expected in protocol.streams)


def expected_items(expected: ExpectedStream, streams: Sequence[StreamState]) -> list[Item]:
    """Return whether the streams that a line of a protocol means are there, and as it expects them."""
    bad: Grade = "red" if expected.required else "look"
    found = [s for s in streams if expected.means(s.name)]
    if not found:
        there = ", ".join(s.name for s in streams) or tr("none")
        words = tr("The protocol expects a stream {name}; there is none. Connect it, or rename one of: {there}.")
        return [Item(expected.stream, "expected", bad, words.format(name=expected.stream, there=there))]
    items = []
    for stream in found:
        wrong = tr("It has not connected yet. Wait for it.") if stream.info is None else _wrong(expected, stream.info)
        sentence = wrong or tr("It is as the protocol expects it.")
        items.append(Item(stream.name, "expected", bad if wrong else "ok", sentence))
    return items


def _wrong(expected: ExpectedStream, info: StreamInfo) -> str:
    """Return what a stream has otherwise than expected, in one sentence; empty when nothing."""
    parts = []
    if expected.fs is not None and abs(info.fs - expected.fs) > expected.fs * expected.fs_tolerance_percent / 100:
        words = tr("{is_now:.10g} Hz instead of {expected:.10g} Hz")
        parts.append(words.format(is_now=info.fs, expected=expected.fs))
    if expected.n_channels is not None and info.n_channels != expected.n_channels:
        words = tr("{is_now} channels instead of {expected}")
        parts.append(words.format(is_now=info.n_channels, expected=expected.n_channels))
    if expected.unit is not None and info.unit != expected.unit:
        words = tr("the unit {is_now} instead of {expected}")
        parts.append(words.format(is_now=info.unit or "–", expected=expected.unit or "–"))
    if not parts:
        return ""
    return tr("It has {what}. Change the device's settings, or the protocol.").format(what=", ".join(parts))


def stream_items(stream: StreamState, now: float, optional: bool) -> list[Item]:
    """Return whether a stream delivers: data, rate, gaps lately. `optional` ones are never red."""
    health, name = stream.health, stream.name
    bad: Grade = "look" if optional else "red"
    if health.state in ("lost", "failed"):
        words = tr("It is lost: {why} Bring it back, or disconnect it.")
        return [Item(name, "stream", bad, words.format(why=_sentence(health.message)))]
    if health.state in ("ended", "stopped"):
        return [
            Item(name, "stream", "look", tr("It has ended and gives nothing more. Reconnect it, or disconnect it."))
        ]
    if health.state == "held":
        return [Item(name, "stream", "look", tr("It is held, so nothing comes. Let the replay play."))]
    if health.state in WAITING:
        return [Item(name, "stream", "look", tr("It is connecting. Wait a moment."))]
    if health.state == "silent":
        words = tr("Nothing has come for {seconds:.1f} s. Is the device on and in reach?")
        return [Item(name, "stream", bad, words.format(seconds=health.age_s))]
    items = []
    if stream.info is not None and stream.info.fs and health.age_s > AGE_OLD_S:
        words = tr("The newest sample is {seconds:.1f} s old. Is the network or the computer busy?")
        items.append(Item(name, "stream", "look", words.format(seconds=health.age_s)))
    else:
        items.append(Item(name, "stream", "ok", tr("Data arrive.")))
    if health.nominal_hz and math.isfinite(health.rate_hz) and abs(health.rate_hz / health.nominal_hz - 1) > RATE_OFF:
        words = tr("It runs at {measured:.1f} Hz but says {nominal:.10g} Hz. Check the device's settings.")
        sentence = words.format(measured=health.rate_hz, nominal=health.nominal_hz)
        items.append(Item(name, "rate", "look", sentence))
    recent = [gap for gap in health.gaps if now - gap.t_last < RECENT_S]
    if recent:
        n_lost = sum(gap.n_lost for gap in recent)
        words = trn(
            "{n} gap in the last minute, {lost} samples lost. Come nearer to the receiver, or use a cable.",
            "{n} gaps in the last minute, {lost} samples lost. Come nearer to the receiver, or use a cable.",
            len(recent),
        )
        items.append(Item(name, "gaps", "look", words.format(n=len(recent), lost=n_lost)))
    return items


def _sentence(text: str) -> str:
    text = text.strip() or tr("it does not say why")
    return text if text.endswith((".", "?", "!")) else f"{text}."


def clock_items(stream: StreamState, protocol: RecordingProtocol | None) -> list[Item]:
    """Return how well a device's clock is known; nothing where there is nothing to say."""
    age_s, sure_s = stream.health.sync_age_s, stream.health.clock_uncertainty_s
    most_ms = protocol.max_clock_uncertainty_ms if protocol is not None else 0.0
    if most_ms and math.isfinite(sure_s) and 1000 * sure_s > most_ms:
        words = tr(
            "Its clock is known to {sure:.2g} ms; the protocol allows {most:g} ms. Use a cable, or a quieter network."
        )
        return [Item(stream.name, "clock", "red", words.format(sure=1000 * sure_s, most=most_ms))]
    if math.isfinite(age_s) and age_s > SYNC_OLD_S:
        words = tr("Its clock was last compared {seconds:.0f} s ago. Is the sender still in reach?")
        return [Item(stream.name, "clock", "look", words.format(seconds=age_s))]
    if math.isfinite(age_s):
        told = tr("Its clock was compared {seconds:.0f} s ago.").format(seconds=age_s)
        return [Item(stream.name, "clock", "ok", told)]
    if most_ms:
        return [Item(stream.name, "clock", "ok", tr("It has no clock of its own to compare."))]
    return []


def battery_items(stream: StreamState, protocol: RecordingProtocol | None) -> list[Item]:
    """Return what a device's battery holds; nothing where nobody knows and nobody asks."""
    left = stream.health.battery_percent
    least = protocol.min_battery_percent if protocol is not None else 0.0
    if math.isnan(left):
        unknown = tr("Its battery is not known. Look at the device.")
        return [Item(stream.name, "battery", "ok", unknown)] if least else []
    if least and left < least:
        words = tr("Its battery holds {left:.0f} %; the protocol asks for {least:.0f} %. Charge or change it.")
        return [Item(stream.name, "battery", "red", words.format(left=left, least=least))]
    if left < BATTERY_LITTLE:
        words = tr("Its battery holds {left:.0f} %. Charge or change it.")
        return [Item(stream.name, "battery", "look", words.format(left=left))]
    return [Item(stream.name, "battery", "ok", tr("Its battery holds {left:.0f} %.").format(left=left))]


def disk_item(streams: Sequence[StreamState], protocol: RecordingProtocol | None, free_bytes: float) -> Item:
    """Return whether the disk lasts, for as long as is planned or for a minute at least."""
    rate = bytes_per_second(streams)
    if math.isnan(free_bytes):
        return Item("disk", "disk", "ok", tr("How much room the disk has is not known yet."))
    if free_bytes < 0:
        return Item("disk", "disk", "red", tr("The recordings folder cannot be written. Choose another one."))
    left_s = free_bytes / rate if rate else math.inf
    planned_s = 60 * protocol.planned_minutes if protocol is not None else 0.0
    facts = {"left": _long(left_s), "planned": _long(planned_s), "free": f"{free_bytes / 2**30:.1f}"}
    if left_s < max(DISK_LEAST_S, planned_s):
        if planned_s > DISK_LEAST_S:
            words = tr("The disk lasts {left}, and {planned} are planned. Make room, or choose another folder.")
        else:
            words = tr("The disk lasts {left} only. Make room, or choose another folder.")
        return Item("disk", "disk", "red", words.format(**facts))
    if left_s < DISK_LITTLE_S:
        return Item("disk", "disk", "look", tr("The disk lasts {left}. Make room soon.").format(**facts))
    return Item("disk", "disk", "ok", tr("{free} GB are free: enough for {left}.").format(**facts))


def _long(seconds: float) -> str:
    """Return a length of time in whole words: ``40 s``, ``25 min``, ``61 h``."""
    if not math.isfinite(seconds) or seconds > 1e4 * 3600:
        return tr("over a year")
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 100 * 60 else f"{seconds / 3600:.0f} h"


def flat_items(stream: str, flat: Sequence[str]) -> list[Item]:
    """Return that channels of a stream are flat; nothing where none is."""
    if not flat:
        return []
    named = ", ".join(flat[:4]) + (", …" if len(flat) > 4 else "")
    words = trn(
        "{n} channel is flat: {names}. Check its electrode and cable.",
        "{n} channels are flat: {names}. Check their electrodes and cables.",
        len(flat),
    )
    return [Item(stream, "channels", "look", words.format(n=len(flat), names=named))]
