"""What a person does to the workspace: layouts, views, time. The window, menus and keys call it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from ..sources.language import later, tr
from .built_in import AUTOMATIC, BUILT_IN, OPERATOR, SIDE_PX
from .layout_file import MAX_PANES, to_json
from .layouts import (
    Layout,
    Leaf,
    Pane,
    find,
    is_floating,
    leaf_of,
    new_id,
    panes,
    remove,
    split,
    tidy,
    to_float,
    to_front,
)
from .layouts import insert as inserted
from .panes import KINDS, PaneKind, is_panel, placeable, suiting
from .settings import Settings
from .workspace import VIEW, PlacedPane, Workspace, add_below

OWN_VIEWS = ("signals", "frames", "markers")
MAX_NAME = 40
MOST_BYTES = 96 * 1024
FLOAT_X, FLOAT_Y, FLOAT_STEP = 120.0, 96.0, 32.0
FLOAT_SIZE = (560.0, 380.0)
OPERATOR_PERCENT = 150
"""Smallest size of everything for an operator, %: buttons are 44 px high then, and more."""
LOCKED = later("The operator's layout cannot be changed. Choose another one first.")


class Arranging:
    """The part of the workbench that arranges. Main thread only.

    Every command has a ``why_not_…`` beside it, which returns one sentence, or an empty text when it can be done.
    Names of built-in layouts and of kinds are English; whoever shows them calls `tr`.
    """

    workspace: Workspace
    settings: Settings
    scale_changed: Callable[[], None]

    # Layouts

    @property
    def layouts(self) -> list[str]:
        """Names of all layouts: the built-in ones first, then a person's own."""
        return [*BUILT_IN, *sorted(self.settings.layouts)]

    @property
    def layout_name(self) -> str:
        """Name of the layout that was chosen last."""
        return self.workspace.name

    def is_built_in(self, name: str) -> bool:
        """Tell whether a layout came with the program."""
        return name in BUILT_IN

    def layout_help(self, name: str) -> str:
        """Return one sentence on what a layout shows (English; whoever shows it calls `tr`)."""
        return BUILT_IN[name].help if name in BUILT_IN else later("A layout of your own.")

    def use_layout(self, name: str) -> None:
        """Arrange the window as a layout says."""
        self.workspace.note()
        was = self.operator_mode
        if name == OPERATOR and not was:
            self.workspace.before = self.workspace.name
        self.workspace.choose(name)
        if self.operator_mode != was:
            self.scale_changed()

    def why_not_use_layout(self, name: str = "") -> str:
        """Return why a layout cannot be used."""
        return "" if not name or name in self.layouts else tr("There is no layout of that name.")

    def save_layout(self, name: str) -> None:
        """Keep the present arrangement under a name; one of a person's own with that name is replaced."""
        self.workspace.note()
        self.settings.layouts[name.strip()] = to_json(replace(self.workspace.layout, arranged=True))
        self.workspace.name = name.strip()

    def why_not_save_layout(self, name: str | None = None) -> str:
        """Return why the arrangement cannot be kept, under this name where one is given."""
        if self.operator_mode:
            return tr("The operator's layout stays as it is. Choose another one first.")
        if len(json.dumps(self.settings.layouts)) > MOST_BYTES:
            return tr("There are too many layouts already. Delete one first.")
        if name is None:
            return ""
        if not name.strip() or len(name.strip()) > MAX_NAME:
            return tr("Give it a name of 1 to {n} letters.").format(n=MAX_NAME)
        if name.strip() in BUILT_IN:
            return tr("A built-in layout has that name. Choose another one.")
        return ""

    def delete_layout(self, name: str) -> None:
        """Forget one of a person's own layouts."""
        self.settings.layouts.pop(name, None)
        if self.workspace.name == name:
            self.workspace.name = AUTOMATIC

    def why_not_delete_layout(self, name: str = "") -> str:
        """Return why a layout cannot be forgotten."""
        if not self.settings.layouts:
            return tr("There is no layout of your own yet.")
        if name in BUILT_IN:
            return tr("A built-in layout cannot be deleted.")
        return "" if not name or name in self.settings.layouts else tr("There is no layout of that name.")

    def reset_layout(self) -> None:
        """Undo what was moved, added and closed since the layout was chosen."""
        self.workspace.reset()

    def why_not_reset_layout(self) -> str:
        """Return why there is nothing to undo."""
        workspace = self.workspace
        if workspace.maximised or (workspace.layout.arranged and workspace.layout != workspace.fresh(workspace.name)):
            return ""
        return tr("Nothing has been moved.")

    # Panes

    def pane_kinds(self) -> Sequence[PaneKind]:
        """Return what can be placed: each has `kind`, `title` (call `tr`), `help` and `of_stream`."""
        return placeable()

    def panes(self) -> Sequence[PlacedPane]:
        """Return what is placed now: each has `id`, `title`, `kind`, `stream`, `floating`, `maximised`."""
        return self.workspace.placed()

    def add_view(self, kind: str, stream: str = "") -> None:
        """Place one more pane: of a stream, the first that suits where none is named."""
        workspace = self.workspace
        workspace.note()
        layout, wanted = workspace.layout, KINDS[kind]
        if is_panel(kind):
            here = next((p for p in panes(layout) if p.kind == kind), None)
            pane = here or Pane(new_id(layout, kind), kind)
            workspace.change(to_front(layout, pane.id) if here is not None else self._with_panel(layout, pane))
            self.settings.panels = True
            return
        if not wanted.of_stream:
            workspace.change(add_below(layout, Pane(new_id(layout, kind), kind), 0.35))
            return
        name = stream or suiting(wanted, workspace.streams().values())[0].name
        own = f"{VIEW}{name}"
        if layout.follow and kind in OWN_VIEWS and find(layout, own) is None:
            # The viewer that was closed comes back as it was.
            layout = replace(layout, closed=layout.closed - {name})
            pane = Pane(own, kind, name)
        else:
            pane = Pane(new_id(layout, f"{kind} {name}"), kind, name)
        workspace.change(add_below(layout, pane, 0.5 if kind in OWN_VIEWS else 0.35))

    def why_not_add_view(self, kind: str, stream: str = "") -> str:
        """Return why that cannot be placed."""
        if kind not in KINDS or not KINDS[kind].is_there:
            return tr("This version has no such view.")
        if self.workspace.layout.locked:
            return tr(LOCKED)
        if len(panes(self.workspace.layout)) >= MAX_PANES:
            return tr("There are too many views already. Close one first.")
        wanted, streams = KINDS[kind], self.workspace.streams()
        if not wanted.of_stream:
            return ""
        if not stream:
            return "" if suiting(wanted, streams.values()) else tr("No stream is connected that it could show.")
        if stream not in streams or not streams[stream].connected_once:
            return tr("That stream is not connected.")
        info = streams[stream].info
        return tr("Its samples are text.") if info.is_text else tr(wanted.why_not(info))

    def close_pane(self, pane: str) -> None:
        """Take a pane away, by its id."""
        workspace = self.workspace
        workspace.note()
        layout, closed = workspace.layout, find(workspace.layout, pane)
        if closed is not None and layout.follow and pane == f"{VIEW}{closed.stream}":
            layout = replace(layout, closed=layout.closed | {closed.stream})
        workspace.change(remove(layout, pane))

    def why_not_close_pane(self, pane: str = "") -> str:
        """Return why a pane cannot be taken away."""
        return self._why_not_move(pane)

    def float_pane(self, pane: str) -> None:
        """Let a pane float above the others."""
        workspace = self.workspace
        workspace.note()
        step = FLOAT_STEP * len(workspace.layout.floats)
        workspace.change(to_float(workspace.layout, pane, FLOAT_X + step, FLOAT_Y + step, *FLOAT_SIZE))

    def why_not_float_pane(self, pane: str = "") -> str:
        """Return why a pane cannot float."""
        if pane and is_floating(self.workspace.layout, pane):
            return tr("It floats already.")
        return self._why_not_move(pane)

    def dock_pane(self, pane: str) -> None:
        """Put a floating pane back among the others."""
        workspace = self.workspace
        workspace.note()
        layout, docked = workspace.layout, find(workspace.layout, pane)
        if docked is not None:
            rest = remove(layout, pane)
            panel = is_panel(docked.kind)
            workspace.change(self._with_panel(rest, docked) if panel else add_below(rest, docked, 0.4))

    def why_not_dock_pane(self, pane: str = "") -> str:
        """Return why a pane cannot be put back."""
        if pane and not is_floating(self.workspace.layout, pane):
            return tr("It does not float.")
        return self._why_not_move(pane)

    def maximise_pane(self, pane: str = "") -> None:
        """Give a pane the whole room, or give it back; the one under the pointer or the first where none is named."""
        workspace = self.workspace
        if workspace.maximised:
            workspace.maximised = ""
            return
        pane = pane or workspace.under_pointer() or next((p.id for p in panes(workspace.layout)), "")
        if pane and not is_floating(workspace.layout, pane):
            workspace.maximised = pane

    def why_not_maximise_pane(self, pane: str = "") -> str:
        """Return why a pane cannot have the whole room."""
        layout = self.workspace.layout
        if pane and is_floating(layout, pane):
            return tr("It floats. Dock it first, or make its window larger.")
        return "" if self.workspace.maximised or len(panes(layout)) > 1 else tr("It has all the room already.")

    # Time and operator mode

    @property
    def time_linked(self) -> bool:
        """Whether all streams are looked at on one time axis."""
        return self.workspace.looks.linked

    def link_time(self) -> None:
        """Look at all streams on one time axis, or give each its own."""
        self.workspace.looks.link(not self.workspace.looks.linked)

    def why_not_link_time(self) -> str:
        """Return why that cannot be changed."""
        return "" if len(self.workspace.streams()) > 1 else tr("There are not two streams to link.")

    @property
    def operator_mode(self) -> bool:
        """Whether the window is that of an operator: large targets, no fine controls."""
        return self.workspace.name == OPERATOR

    def toggle_operator_mode(self) -> None:
        """Change to the operator's window, or back to the one before."""
        self.use_layout(self.workspace.before if self.operator_mode else OPERATOR)

    def why_not_operator_mode(self) -> str:
        """Return why there is no operator's window."""
        return "" if self.operator_mode or self.workspace.streams() else tr("Connect a device first.")

    @property
    def scale_percent(self) -> int:
        """Size of everything on screen, %: as chosen, but large for an operator."""
        chosen = self.settings.scale_percent
        return max(chosen, OPERATOR_PERCENT) if self.operator_mode else chosen

    # Inside

    def _why_not_move(self, pane: str) -> str:
        layout = self.workspace.layout
        if layout.locked:
            return tr(LOCKED)
        return "" if not pane or find(layout, pane) is not None else tr("It is not there any more.")

    def _with_panel(self, layout: Layout, pane: Pane) -> Layout:
        """Place a panel below the others, or in a column of its own at the right."""
        stack = self.workspace.stack()
        if stack is not None:
            last = next((p.id for p in reversed(stack.panes) if leaf_of(layout, p.id) is not None), "")
            if last:
                return inserted(layout, pane, last, "bottom")
        side = Leaf((pane,), "stack", px=SIDE_PX)
        return replace(
            layout, root=side if layout.root is None else tidy(split("row", layout.root, side, weights=(3, 1)))
        )
