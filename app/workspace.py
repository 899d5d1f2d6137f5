"""How the window is arranged at the moment: a layout, what floats and what is maximised, and one time for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ..sources import Stream
from . import layout_file
from .built_in import AUTOMATIC, BUILT_IN, FEW_CHANNELS, OPERATOR, Wanted, automatic, column, with_side
from .layouts import Layout, Leaf, Pane, find, insert, leaves, panes, put, remove
from .looks import Looks
from .panes import KINDS, SCRIPTS, chosen, own_view, title_of
from .settings import Settings

VIEW = "view "
"""Begins the id of a viewer that a stream got by itself; the stream's name follows."""


@dataclass(frozen=True)
class PlacedPane:
    """A pane that is placed, as menus name it.

    Parameters
    ----------
    id, kind, stream
        As in the layout.
    title
        What a person calls it, in their language.
    floating, maximised
        As they say.
    """

    id: str
    kind: str
    stream: str
    title: str
    floating: bool
    maximised: bool


class Workspace:
    """What is placed where. Main thread only; it knows nothing of the screen.

    Parameters
    ----------
    settings
        What is remembered.
    streams
        Returns the streams there are, by name.
    """

    def __init__(self, settings: Settings, streams: Callable[[], Mapping[str, Stream]]) -> None:
        self._settings = settings
        self.streams = streams
        self.looks = Looks(settings.looks, settings.viewers)
        self.maximised = ""
        """Id of the pane that has the whole room; empty for none."""
        self.under_pointer: Callable[[], str] = lambda: ""
        """Returns the id of the pane under the pointer; the window says how."""
        self.note: Callable[[], None] = lambda: None
        """Writes places and settings of what is on screen into the layout; the window says how."""
        self.script: tuple[Wanted, ...] | None = None
        """What the script wants to be shown; None for a viewer a stream."""
        self.titles: dict[str, str] = {}
        """Titles of panes that only the window knows, by id."""
        saved = settings.workspace
        self.name = saved["name"] if isinstance(saved.get("name"), str) else AUTOMATIC
        if self.name not in BUILT_IN and self.name not in settings.layouts:
            self.name = AUTOMATIC
        self.layout = layout_file.from_json(saved.get("layout"), self.fresh(self.name))
        before = saved.get("before")
        self.before = before if isinstance(before, str) and before != OPERATOR else AUTOMATIC
        seconds = saved.get("seconds")
        if isinstance(seconds, int | float):
            self.looks.axis.set_seconds(float(seconds))
        self.looks.link(saved.get("linked") is not False)
        self._left: dict[str, Layout] = {}
        self._followed: tuple[Layout, tuple[Wanted, ...]] | None = None

    def fresh(self, name: str) -> Layout:
        """Return a layout as it was saved or came with the program; the automatic one where it is damaged."""
        if name in BUILT_IN:
            return BUILT_IN[name].make()
        return layout_file.from_json(self._settings.layouts.get(name), automatic())

    def choose(self, name: str) -> None:
        """Arrange everything as a layout says, with what was moved in it since the program began."""
        self._left[self.name] = self.layout
        layout = self._left.pop(name) if name in self._left else self.fresh(name)
        self.name, self.layout, self.maximised = name, layout, ""

    def reset(self) -> None:
        """Arrange everything as the layout was when it was saved or came with the program."""
        self.layout, self.maximised = self.fresh(self.name), ""

    def change(self, layout: Layout) -> None:
        """Take over what a person has made of the layout."""
        if layout != self.layout:
            self.layout = replace(layout, arranged=True)
        if self.maximised and find(layout, self.maximised) is None:
            self.maximised = ""

    def save(self) -> None:
        """Write everything that should survive a restart into the settings."""
        self._settings.workspace = {
            "name": self.name,
            "layout": layout_file.to_json(self.layout),
            "before": self.before,
            "linked": self.looks.linked,
            "seconds": self.looks.axis.seconds,
        }
        self._settings.looks = self.looks.settings()

    # What is shown

    @property
    def only(self) -> str:
        """The one stream to show; empty for all, also where the one chosen is not there."""
        name = self._settings.layout
        return name if name in self.streams() else ""

    def stream_of(self, pane: Pane) -> Stream | None:
        """Return the stream that a pane shows, if it is there."""
        return chosen(pane.stream, self.streams())

    def shows(self, pane: Pane) -> bool:
        """Tell whether a pane is to be seen when only one stream is."""
        only = self.only
        if not only or pane.kind not in KINDS or not KINDS[pane.kind].of_stream:
            return True
        stream = self.stream_of(pane)
        return stream is not None and stream.name == only

    def title(self, pane: Pane) -> str:
        """Return what a person calls a pane."""
        if pane.id in self.titles:
            return self.titles[pane.id]
        stream = self.stream_of(pane) if pane.stream else None
        name = stream.name if stream is not None else pane.stream.removeprefix("?")
        return f"{title_of(pane.kind)} · {name}" if name else title_of(pane.kind)

    def placed(self) -> list[PlacedPane]:
        """Return what is placed, as menus name it."""
        floating = {f.pane.id for f in self.layout.floats}
        return [
            PlacedPane(p.id, p.kind, p.stream, self.title(p), p.id in floating, p.id == self.maximised)
            for p in panes(self.layout)
        ]

    # Streams that come and go

    def follow(self) -> None:
        """Give streams that came a viewer, where the layout says so. Once a frame; nothing happens as a rule."""
        self.looks.keep(self.streams())
        if not self.layout.follow:
            return
        wanted = tuple(self._wanted())
        if self._followed == (self.layout, wanted):
            return
        self.layout = self._followed_by(wanted)
        self._followed = (self.layout, wanted)

    def _wanted(self) -> list[Wanted]:
        if self.script is not None:
            return list(self.script)
        wanted = []
        for name, stream in list(self.streams().items()):
            kind = own_view(stream)
            if kind and name not in self.layout.closed:
                few = stream.connected_once and kind == "signals" and stream.info.n_channels < FEW_CHANNELS
                wanted.append(Wanted(Pane(f"{VIEW}{name}", kind, name), 0.5 if few else 1.0))
        return wanted

    def _followed_by(self, wanted: tuple[Wanted, ...]) -> Layout:
        layout = self.layout
        there = {pane.id: pane for pane in panes(layout)}
        wanted = tuple(replace(w, pane=_kept(w.pane, there.get(w.pane.id))) for w in wanted)
        if not layout.arranged:
            stack = next((leaf for _, leaf in leaves(layout.root) if leaf.style == "stack"), None)
            made = column(list(wanted))
            if stack is None:
                return replace(layout, root=made)
            return replace(layout, root=stack if made is None else with_side(made, stack))
        kept = {w.pane.id for w in wanted}
        for pane in there.values():
            made_for_somebody = pane.id.startswith(VIEW) or pane.kind == SCRIPTS.kind
            if made_for_somebody and pane.id not in kept:
                layout = remove(layout, pane.id)
        for w in wanted:
            layout = put(layout, w.pane) if w.pane.id in there else add_below(layout, w.pane, 0.5)
        return layout

    # Where something new goes

    def stack(self) -> Leaf | None:
        """Return the column of panels, where there is one."""
        return next((leaf for _, leaf in leaves(self.layout.root) if leaf.style == "stack"), None)


def _kept(pane: Pane, before: Pane | None) -> Pane:
    """Return the pane with the settings it had, where it is still of the same kind."""
    return pane if before is None or before.kind != pane.kind else replace(pane, settings=before.settings)


def add_below(layout: Layout, pane: Pane, share: float) -> Layout:
    """Place a pane below the views, left of the panels."""
    views = [leaf for _, leaf in leaves(layout.root) if leaf.style != "stack"]
    if views:
        return insert(layout, pane, views[-1].panes[0].id, "bottom", share)
    return insert(layout, pane, "", "left", 0.75)
