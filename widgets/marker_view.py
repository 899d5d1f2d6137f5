"""Markers of motion capture in space: points and links, seen from wherever one likes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..sources.language import later, tr
from ..sources.ring import RingBuffer
from .canvas import RIGHT, Canvas, HoverWords
from .choice_button import Choice, ChoiceButton
from .door import Tag
from .figures import si
from .flow import Flow
from .marker_links import Links, marker_names, proposed, read_links, toggled
from .marker_scene import MarkerScene
from .orbit import Orbit, Up
from .panel import Switch, Words
from .view import Table, View

MOST_MARKERS = 500
TRAILS_S = (0.0, 0.5, 1.0, 2.0, 5.0)
TRAIL_POINTS = 60
TRAIL_PACE_S = 0.05
PROPOSE_S = 10.0
REACH = 14


class MarkerView(View):
    """A stream of samples of shape (n_markers, 3), drawn in space.

    Drag to go round, right drag to move aside, wheel to come nearer, double click to see all. Markers that are NaN or
    exactly 0, 0, 0 count as not seen.
    """

    kind: ClassVar[str] = "markers"
    title: ClassVar[str] = later("Markers")

    def prepare(self) -> None:
        """Make what `apply` puts settings into."""
        self.orbit = Orbit()
        self.links: Links = ()
        self.trail_s = 0.0
        self.show_names = False
        self.linking = False
        self.names: tuple[str, ...] = ()
        self.points: NDArray[np.float64] = np.full((0, 3), np.nan)
        """Shape (n_markers, 3): what is drawn, in the stream's unit; NaN where a marker was not seen."""
        self._own_links: object = None
        self._camera: object = None
        self._ring: RingBuffer | None = None
        self._end = -1
        self._looked_at = False
        self._trail_due = -math.inf
        self._drawn: tuple[object, ...] = ()
        self._over: tuple[object, ...] = ()
        self._picked: int | None = None
        self._square = 0.0

    def build_controls(self, flow: Flow) -> None:
        """Trails, names, links, up, and back to all."""
        theme = self._theme
        shown, links, camera = flow.group(), flow.group(), flow.group()
        self.trail_button = ChoiceButton[float](
            tr("Where markers have been over the last seconds"),
            [Choice(s, tr("Trail {s:g} s").format(s=s) if s else tr("No trail")) for s in TRAILS_S],
            lambda: self.trail_s, self.set_trail, 130,
        )  # fmt: skip
        self.trail_button.build(shown, theme)
        self.names_button = Switch(theme, tr("Names"), tr("Write every marker's name beside it."), self.toggle_names)
        self.link_button = Switch(
            theme, tr("Link"), tr("Click one marker, then another, to join them by a line or to take it away."),
            self.toggle_linking,
        )  # fmt: skip
        self.propose_button = Switch(
            theme, tr("Propose links"),
            tr("Join markers that keep their distance from each other over the last 10 s, in place of the links now."),
            self.propose,
        )  # fmt: skip
        self.up_button = ChoiceButton[Up](
            tr("Which axis points up"), [Choice("Z", tr("Z is up")), Choice("Y", tr("Y is up"))],
            lambda: self.orbit.up, self.set_up, 110,
        )  # fmt: skip
        self.all_button = Switch(theme, tr("See all"), tr("Put all markers into view (double click)."), self.see_all)
        self.names_button.build(shown)
        self.link_button.build(links)
        self.propose_button.build(links)
        self.up_button.build(camera, theme)
        self.all_button.build(camera)

    def build_body(self, parent: Tag) -> None:
        """The picture, and a line of facts below it."""
        self.canvas = Canvas(self._theme, 5)
        self.canvas.build(parent)
        self.tip = HoverWords(self.canvas, self._theme)
        self.scene = MarkerScene(self.canvas, self._theme)
        self.footer = Words(self._theme, "small figures", "muted")
        self.footer.build(parent)

    def delete(self) -> None:
        """Remove the items. Safe to call twice, and before `build`."""
        if self.box:
            self.trail_button.popup.close()
            self.up_button.popup.close()
            self.canvas.delete()
        super().delete()

    # What a person does

    def set_trail(self, seconds: float) -> None:
        """Draw where markers have been over so many seconds; 0 for no trail."""
        self.trail_s = min(max(seconds, 0.0), TRAILS_S[-1])
        self._seen = None

    def toggle_names(self) -> None:
        """Write all names, or only that below the pointer."""
        self.show_names = not self.show_names
        self._over = ()

    def toggle_linking(self) -> None:
        """Let clicks on markers make links, or not."""
        self.linking, self._picked = not self.linking, None
        self._over = ()

    def set_links(self, links: Links) -> None:
        """Draw these lines between markers."""
        self.links = links
        self._own_links = [list(link) for link in links]
        self._seen = None

    def propose(self) -> None:
        """Join markers that keep their distance."""
        view = self.look.view(PROPOSE_S)
        if view is not None and len(view.data):
            step = max(1, len(view.data) // 200)
            self.set_links(proposed(self._unfolded(view.data[::step])))

    def set_up(self, up: Up) -> None:
        """Say which axis points up."""
        self.orbit.set_up(up)

    def see_all(self) -> None:
        """Put all markers into view."""
        self.orbit.look_at(self.points)

    # Each frame

    def why_empty(self) -> tuple[str, str]:
        """Return why there are no markers to be seen."""
        shape = self.stream.info.sample_shape
        if len(shape) != 2 or shape[1] != 3:
            what = tr("Each sample has to hold x, y and z of every marker; here it has shape {shape}.")
            return tr("No markers"), what.format(shape=" × ".join(str(n) for n in shape))
        if shape[0] > MOST_MARKERS:
            what = tr("{n} markers are too many to draw; {most} is the most.")
            return tr("Too many markers"), what.format(n=shape[0], most=MOST_MARKERS)
        return "", ""

    def begin(self) -> None:
        """Start anew."""
        info = self.stream.info
        n = info.sample_shape[0]
        if n != len(self.points):
            self.points = np.full((n, 3), np.nan)
            self._looked_at = False
        self.names = marker_names(info.channel_names or (), n)
        given = info.device.get("names")
        if isinstance(given, list | tuple) and len(given) == n:
            self.names = tuple(str(name) for name in given)
        links = read_links(self._own_links, n, self.names)
        if links is None:
            links = read_links(info.device.get("links"), n, self.names) or ()
        self.links = links
        self._picked = None
        self.scene.set_markers([self._theme.channel(i) for i in range(n)], links, trails=self.trail_s > 0)
        self._ring, self._end, self._drawn, self._over = self.look.ring, -1, (), ()
        if not self._looked_at and self._camera is not None:
            self._looked_at, self._camera = self.orbit.apply(self._camera), None

    def _unfolded(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        path = rows.reshape(len(rows), -1, 3).astype(np.float64)
        path[(path == 0).all(axis=2)] = np.nan
        path[~np.isfinite(path).all(axis=2)] = np.nan
        return path

    def draw_body(self, now: float) -> None:
        """Move points where they are, when there is a new sample or another camera."""
        width, height = self.size()
        height -= self.footer_height
        if height <= 0:
            return
        self.canvas.fit(width, height)
        self._mouse(now)
        end, ring = self.look.end, self.look.ring
        new = end != self._end or ring is not self._ring
        if new:
            self._ring, self._end = ring, end
            view = self.look.view(0.0)
            if view is not None and len(view.data):
                self.points = self._unfolded(view.data[-1:])[0]
        if not self._looked_at and np.isfinite(self.points).any():
            self._looked_at = True
            self.orbit.look_at(self.points)
        camera = (self.orbit.version, width, height)
        if new or camera != self._drawn:
            self.scene.move(self.points, self.orbit)
            if self.trail_s and (now >= self._trail_due or camera != self._drawn):
                self._trail_due = now + TRAIL_PACE_S
                self._draw_trails()
        if camera != self._drawn:
            self._drawn = camera
            self._square = self.scene.draw_floor(self.points, self.orbit, floor=True)
        self._draw_over(new=new, camera=camera)

    @property
    def footer_height(self) -> int:
        """Room for the line of facts, px."""
        return self._theme.fonts.height("small figures") + 2 * self._theme.padding

    def _draw_trails(self) -> None:
        view = self.look.view(self.trail_s)
        if view is not None and len(view.data) > 1:
            step = max(1, len(view.data) // TRAIL_POINTS)
            # On a grid of rows of its own, or corners of a trail would shimmer as it moves.
            rows = view.data[(-view.first) % step :: step]
            self.scene.move_trails(np.concatenate((self._unfolded(rows), self.points[None])), self.orbit)

    def _mouse(self, now: float) -> None:
        pointer, orbit = self.canvas.follow(now), self.orbit
        if pointer.dx or pointer.dy:
            if pointer.button == RIGHT:
                orbit.pan(pointer.dx, pointer.dy, self.canvas.height)
            else:
                orbit.turn(pointer.dx, pointer.dy)
        if pointer.wheel:
            orbit.zoom(pointer.wheel)
        self._hovered = None
        if (pointer.inside and pointer.button < 0) or pointer.clicked:
            self._hovered = self.scene.nearest(pointer.x, pointer.y, self._theme.px(REACH))
        if pointer.doubled and self._hovered is None:
            self.see_all()
        elif pointer.clicked and self.linking:
            self._pick(self._hovered)
        self.tip.say(self.explain(self._hovered) if self._hovered is not None else "")

    def _pick(self, marker: int | None) -> None:
        if marker is None or self._picked is None or marker == self._picked:
            self._picked = marker if marker != self._picked else None
            return
        one, self._picked = self._picked, None
        self.set_links(toggled(self.links, one, marker))

    def explain(self, marker: int) -> str:
        """Return a marker's name, place and what a click does."""
        unit = self.stream.info.unit
        x, y, z = self.points[marker]
        lines = [self.names[marker], f"x {x:.1f}   y {y:.1f}   z {z:.1f} {unit}".rstrip()]
        if self.linking and self._picked is not None and self._picked != marker:
            apart = float(np.linalg.norm(self.points[marker] - self.points[self._picked]))
            other = self.names[self._picked]
            lines.append(
                tr("{distance} from {name}. Click: join, or part").format(distance=si(apart, unit), name=other)
            )
        elif self.linking:
            lines.append(tr("Click it, then another one"))
        return "\n".join(lines)

    def _draw_over(self, *, new: bool, camera: tuple[object, ...]) -> None:
        marked = [m for m in (self._hovered, self._picked) if m is not None]
        wanted = (tuple(marked), self.show_names, camera)
        if wanted != self._over or (new and (marked or self.show_names)):
            self._over = wanted
            self.scene.draw_over(marked, self.names, all_names=self.show_names)

    def refresh(self, now: float) -> None:  # noqa: ARG002  the same for every view
        """Bring the facts and the buttons up to date."""
        n_seen = int(np.isfinite(self.points[:, 0]).sum())
        n = len(self.points)
        parts = [tr("{seen} of {n} markers seen").format(seen=n_seen, n=n)]
        if self.links:
            parts.append(tr("{n} links").format(n=len(self.links)))
        if self._square:
            parts.append(tr("squares of {length}").format(length=si(self._square, self.stream.info.unit)))
        parts.append(tr("drag: go round · right drag: move · wheel: nearer · double click: all"))
        room, fonts = self.canvas.width, self._theme.fonts
        while len(parts) > 1 and fonts.width(" · ".join(parts), "small figures") > room:
            parts.pop()
        self.footer.say(" · ".join(parts), "warn" if n_seen < n else "muted")
        self.trail_button.draw()
        self.up_button.draw()
        self.names_button.show(look="on" if self.show_names else "plain")
        self.link_button.show(look="on" if self.linking else "plain")
        self.propose_button.show(why_off="" if n_seen > 1 else tr("Two markers at least must be seen."))

    # What survives

    def values(self) -> Table | None:
        """Return where each marker is now."""
        unit = self.stream.info.unit
        header = (tr("marker"), f"x [{unit}]", f"y [{unit}]", f"z [{unit}]")
        return Table(header, [(name, *map(float, at)) for name, at in zip(self.names, self.points, strict=True)])

    def settings(self) -> dict[str, Any]:
        """Return what should survive a restart, ready for JSON."""
        camera = self.orbit.to_json() if self._looked_at else self._camera
        return {"links": self._own_links, "trail_s": self.trail_s, "names": self.show_names, "camera": camera}

    def apply(self, settings: Mapping[str, Any]) -> None:
        """Take settings over. What is not understood is left as it is."""
        trail, links = settings.get("trail_s"), settings.get("links")
        if isinstance(trail, int | float) and math.isfinite(trail):
            self.trail_s = min(max(float(trail), 0.0), TRAILS_S[-1])
        if isinstance(links, list):
            self._own_links = links
        if isinstance(settings.get("names"), bool):
            self.show_names = settings["names"]
        camera = settings.get("camera")
        if isinstance(camera, dict):
            self._camera, self._looked_at = camera, False
        self._seen = None
