"""What can be asked of the viewers on screen, by name, and how menus and keys say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..sources.language import later

# Time
PAUSE: Final = "pause"
LIVE: Final = "live"
OLDEST: Final = "oldest"
SWEEP: Final = "sweep"
PAGE_BACK: Final = "page back"
PAGE_ON: Final = "page on"
STEP_BACK: Final = "step back"
STEP_ON: Final = "step on"
LONGER: Final = "longer"
SHORTER: Final = "shorter"
ZOOM_IN: Final = "zoom in"
ZOOM_OUT: Final = "zoom out"
ZOOM_TO_CURSORS: Final = "zoom to cursors"
# Reading values
CURSORS: Final = "cursors"
FIRST_BACK: Final = "first cursor back"
FIRST_ON: Final = "first cursor on"
SECOND_BACK: Final = "second cursor back"
SECOND_ON: Final = "second cursor on"
MEASURES: Final = "measures"
# Amplitude
AUTO: Final = "auto"
COMMON: Final = "common"
PER_TYPE: Final = "per type"
PER_CHANNEL: Final = "per channel"
FIT: Final = "fit"
GAIN_UP: Final = "gain up"
GAIN_DOWN: Final = "gain down"
# Channels
BUTTERFLY: Final = "butterfly"
SOLO: Final = "solo"
NEXT_CHANNEL: Final = "next channel"
PREVIOUS_CHANNEL: Final = "previous channel"
NEXT_PAGE: Final = "next page"
PREVIOUS_PAGE: Final = "previous page"
CHANNELS: Final = "channels"


@dataclass(frozen=True)
class ViewerCommand:
    """One command to every viewer on screen.

    Parameters
    ----------
    name
        What `Workbench.viewer_command` is called with.
    label, help
        What menus say, in English; marked with `later`.
    keys
        Shortcut; empty for none.
    toggles
        Whether it is on or off, and a menu ticks it.
    """

    name: str
    label: str
    keys: str
    help: str
    toggles: bool = False


TIME: tuple[ViewerCommand | None, ...] = (
    ViewerCommand(LIVE, later("Back to live"), "End", later("Show the newest samples again.")),
    ViewerCommand(OLDEST, later("To the oldest"), "Home", later("As far back as samples are kept.")),
    ViewerCommand(PAGE_BACK, later("Page back"), "PageUp", later("One window length into the past.")),
    ViewerCommand(PAGE_ON, later("Page on"), "PageDown", later("One window length towards now.")),
    ViewerCommand(
        SWEEP, later("Sweep"), "W",
        later("New samples overwrite the oldest from left to right, or the picture scrolls."),
        toggles=True,
    ),
    None,
    ViewerCommand(LONGER, later("Longer window"), "]", later("See more of the past.")),
    ViewerCommand(SHORTER, later("Shorter window"), "[", later("See less of the past, larger.")),
    ViewerCommand(ZOOM_IN, later("Zoom in"), "Ctrl+↑", later("Half as long, about the middle of the window.")),
    ViewerCommand(ZOOM_OUT, later("Zoom out"), "Ctrl+↓", later("Twice as long, about the middle of the window.")),
    ViewerCommand(ZOOM_TO_CURSORS, later("Zoom to the cursors"), "Z", later("Just the time between the two cursors.")),
)  # fmt: skip
READING: tuple[ViewerCommand | None, ...] = (
    ViewerCommand(
        CURSORS, later("Cursors"), "K", later("Two lines to measure between: Δt, 1/Δt, ΔV."), toggles=True
    ),
    ViewerCommand(FIRST_BACK, later("First cursor back"), ",", later("By a hundredth of the window.")),
    ViewerCommand(FIRST_ON, later("First cursor on"), ".", later("By a hundredth of the window.")),
    ViewerCommand(SECOND_BACK, later("Second cursor back"), "Shift+,", later("By a hundredth of the window.")),
    ViewerCommand(SECOND_ON, later("Second cursor on"), "Shift+.", later("By a hundredth of the window.")),
    ViewerCommand(
        MEASURES, later("Measures"), "I",
        later("Peak to peak, RMS, mean and median frequency of each channel between the cursors."), toggles=True,
    ),
)  # fmt: skip
AMPLITUDE: tuple[ViewerCommand | None, ...] = (
    ViewerCommand(AUTO, later("Auto scale"), "A", later("Let the size of the traces follow the signal."), toggles=True),
    ViewerCommand(
        COMMON, later("Same scale for all channels"), "C", later("Or one of its own for each."), toggles=True
    ),
    ViewerCommand(
        PER_TYPE,
        later("One scale for each type"),
        "Shift+C",
        later("Channels of the same unit share one."),
        toggles=True,
    ),
    ViewerCommand(
        PER_CHANNEL, later("One scale for each channel"), "Alt+C", later("Every lane is used in full."), toggles=True
    ),
    ViewerCommand(FIT, later("Fit and lock"), "F", later("Fit the traces once, and leave the scale alone.")),
    ViewerCommand(GAIN_UP, later("Larger traces"), "+", later("By a third.")),
    ViewerCommand(GAIN_DOWN, later("Smaller traces"), "−", later("By a third.")),
)
CHANNEL: tuple[ViewerCommand | None, ...] = (
    ViewerCommand(BUTTERFLY, later("Butterfly"), "B", later("All channels over one another."), toggles=True),
    ViewerCommand(SOLO, later("Single channel"), "S", later("Just one channel, large."), toggles=True),
    ViewerCommand(NEXT_CHANNEL, later("Next channel"), "↓", later("The one below, on its own.")),
    ViewerCommand(PREVIOUS_CHANNEL, later("Previous channel"), "↑", later("The one above, on its own.")),
    ViewerCommand(NEXT_PAGE, later("Next page of channels"), "Ctrl+PageDown", later("The channels that follow.")),
    ViewerCommand(PREVIOUS_PAGE, later("Previous page of channels"), "Ctrl+PageUp", later("The channels before.")),
    ViewerCommand(CHANNELS, later("Channels…"), "N", later("Choose, rename, colour and order them.")),
)
ALL: frozenset[str] = frozenset(
    command.name for group in (TIME, READING, AMPLITUDE, CHANNEL) for command in group if command is not None
) | {PAUSE, STEP_BACK, STEP_ON}
WIRED: frozenset[str] = frozenset({PAUSE, AUTO, COMMON, GAIN_UP, GAIN_DOWN, LONGER, SHORTER})
"""What every signal viewer could do from the beginning; what else can be done a window says."""
