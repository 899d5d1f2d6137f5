"""What each figure of a report means, for a person who has not read `docs/check.md`."""

from __future__ import annotations

from collections.abc import Mapping

from ..sources.language import later

MEANINGS: Mapping[str, str] = {
    "samples": later("How many samples were recorded, of those that the device delivered."),
    "by_the_clock": later(
        "How many samples rate and time ask for; in brackets how many more or fewer came. A large difference says that"
        " the device is faster or slower than it announces, or loses samples unsaid."
    ),
    "gaps": later("How often samples are missing; in brackets how many of them. Every gap is noted with its cause."),
    "duplicates": later("How often two samples in a row have the same time."),
    "backwards": later("How often a sample is older than the one before it."),
    "jitter": later(
        "How evenly the samples are timed: SD is the standard deviation, and 99 % of them (p99) are at most so far from"
        " an even spacing."
    ),
    "drift": later(
        "The rate as measured, and how far it is off the announced one. 100 ppm (millionths) are 0.36 s an hour; ± is"
        " how sure that is."
    ),
    "source_clock": later(
        "How far the device's own clock is off this computer's, how sure that is, and how fast the two come apart."
    ),
    "flat": later("Channels that stand still: a loose electrode, a broken cable, or nothing connected."),
    "clipped": later("Channels that go beyond what the device can measure, so that their peaks are cut off."),
    "missing": later("Channels in which the device sent something that is no number."),
    "checksums": later(
        "Samples are stored in pieces (chunks), each with a checksum: so many of them are exactly what was recorded."
    ),
    "state": later("Whether the recording was closed properly."),
    "manifest": later(
        "How many files of the recording are sealed: each has a fingerprint (SHA-256), so that any change is found."
    ),
    "time_of_day": later(
        "Whether somebody, or a time service, set the computer's time of day while it was recorded. The samples have a"
        " clock of their own, which nobody can set."
    ),
}
"""By the figure's key; in English, to be translated."""
