"""What survives a restart: window, layout, recent things, viewer settings."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import platformdirs

MAX_BYTES = 256 * 1024
N_RECENT = 12


@dataclass
class Settings:
    """Everything the program remembers. A damaged file is set aside, never an error.

    Parameters
    ----------
    x, y, width, height
        Of the window, px.
    theme
        ``dark``, ``light`` or ``high contrast``.
    scale_percent
        Size of everything on screen, %.
    automatic_scale
        Whether that is still left to the screen's pixel density.
    language
        ``en`` or ``de``; empty for the system's.
    recent_commands
        Commands chosen lately, newest first.
    panels
        Whether the panels at the right are shown.
    folded
        Names of the panels that are folded away; the view filter at first, as it is long.
    layout
        The one stream shown, empty for all.
    workspace
        How panes are arranged: the name of the layout and what has been moved since.
    layouts
        A person's own layouts, by name.
    looks
        How each stream's channels are arranged, and its view filter, by stream name.
    recordings
        Where new sessions are made.
    subject
        Subject code used last.
    operator
        Who recorded last.
    protocol
        Name of the protocol that recordings go by; empty for none.
    pretrigger_s
        How much from before Record is kept, s.
    record_more
        Whether the rest of the panel to record is unfolded.
    recent_sources
        One-string names, newest first.
    recent_sessions
        Folders, newest first.
    viewers
        Settings of each stream's viewer, by stream name.
    time_line
        Whether a replayed session's time line is ``folded`` or ``open``; empty to let the window's height decide.
    session_folders
        Where else to look for recordings.
    session_sort
        In which order they are listed.
    compress
        Whether recordings are compressed some time after they were stopped.
    unchecked
        Recordings that are still to be sealed and checked.
    uncompressed
        Recordings that are still to be compressed.
    channels_about
        What was said of the channels of each stream, by stream name: kept by the recordings that follow.
    """

    x: int = 40
    y: int = 40
    width: int = 1600
    height: int = 1000
    theme: str = "dark"
    scale_percent: int = 100
    automatic_scale: bool = True
    language: str = ""
    recent_commands: list[str] = field(default_factory=list)
    panels: bool = True
    folded: list[str] = field(default_factory=lambda: ["filter"])
    layout: str = ""
    workspace: dict[str, Any] = field(default_factory=dict)
    layouts: dict[str, dict[str, Any]] = field(default_factory=dict)
    looks: dict[str, dict[str, Any]] = field(default_factory=dict)
    recordings: str = ""
    subject: str = ""
    operator: str = ""
    protocol: str = ""
    pretrigger_s: float = 0.0
    record_more: bool = False
    recent_sources: list[str] = field(default_factory=list)
    recent_sessions: list[str] = field(default_factory=list)
    viewers: dict[str, dict[str, Any]] = field(default_factory=dict)
    time_line: str = ""
    session_folders: list[str] = field(default_factory=list)
    session_sort: str = "date"
    compress: bool = True
    unchecked: list[str] = field(default_factory=list)
    uncompressed: list[str] = field(default_factory=list)
    channels_about: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def recordings_folder(self) -> Path:
        """Where new sessions are made."""
        return Path(self.recordings) if self.recordings else Path(platformdirs.user_documents_dir()) / "myoscope"

    def remember_source(self, name: str) -> None:
        """Put a source at the head of the recent list."""
        self.recent_sources = [name, *(other for other in self.recent_sources if other != name)][:N_RECENT]

    def remember_session(self, path: Path | str) -> None:
        """Put a session, its folder or its URL, at the head of the recent list."""
        text = path if isinstance(path, str) else str(path.absolute())
        self.recent_sessions = [text, *(other for other in self.recent_sessions if other != text)][:N_RECENT]

    def remember_command(self, key: str) -> None:
        """Put a command at the head of the recent list."""
        self.recent_commands = [key, *(other for other in self.recent_commands if other != key)][:N_RECENT]

    def save(self, path: Path | None = None) -> None:
        """Write the file in one piece.

        Raises
        ------
        OSError
            When the folder cannot be written.
        """
        path = path or settings_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=1)
        Path(temporary).replace(path)

    @classmethod
    def load(cls, path: Path | None = None) -> Settings:
        """Read the file; what is missing or makes no sense is the default."""
        path = path or settings_path()
        try:
            if path.stat().st_size > MAX_BYTES:
                raise ValueError("too large")
            values = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(values, dict):
                raise ValueError("not an object")
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError):
            # Where even that is not possible it stays, and is replaced at the next save.
            with suppress(OSError):
                path.replace(path.with_suffix(".damaged"))
            return cls()
        default = cls()
        for f in fields(cls):
            value = values.get(f.name)
            if value is not None and type(value) is type(getattr(default, f.name)):
                setattr(default, f.name, value)
        return default._checked()

    def fit(self, screen: tuple[int, int] | None) -> None:
        """Bring the window onto a screen of this width and height, px."""
        if screen is not None:
            self.width, self.height = min(self.width, screen[0]), min(self.height, screen[1])
            self.x = min(max(self.x, 0), screen[0] - self.width)
            self.y = min(max(self.y, 0), screen[1] - self.height)

    def _checked(self) -> Settings:
        self.width = min(max(self.width, 640), 8192)
        self.height = min(max(self.height, 400), 8192)
        self.scale_percent = min(max(self.scale_percent, 75), 250)
        self.pretrigger_s = self.pretrigger_s if 0 <= self.pretrigger_s <= 60 else 0.0
        self.time_line = self.time_line if self.time_line in ("folded", "open") else ""
        self.recent_sources = _texts(self.recent_sources)[:N_RECENT]
        self.recent_sessions = _texts(self.recent_sessions)[:N_RECENT]
        self.unchecked = _texts(self.unchecked)[:256]
        self.uncompressed = _texts(self.uncompressed)[:256]
        self.session_folders = _texts(self.session_folders)[:64]
        self.channels_about = _lists(self.channels_about)
        self.folded = _texts(self.folded)
        self.recent_commands = _texts(self.recent_commands)[:N_RECENT]
        self.viewers, self.layouts, self.looks = (_dicts(values) for values in (self.viewers, self.layouts, self.looks))
        return self


def _dicts(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: value for name, value in values.items() if isinstance(value, dict)}


def _lists(values: dict[str, Any]) -> dict[str, list[Any]]:
    return {name: value[:4096] for name, value in values.items() if isinstance(value, list)}


def _texts(values: list[Any]) -> list[str]:
    return [value for value in values if isinstance(value, str)]


def settings_path() -> Path:
    """Return where the settings are kept; ``MYOSCOPE_CONFIG_DIR`` overrides the user's folder."""
    base = os.environ.get("MYOSCOPE_CONFIG_DIR") or platformdirs.user_config_dir("myoscope", appauthor=False)
    return Path(base) / "settings.json"
