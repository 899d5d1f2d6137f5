"""Roles, faces and measures turned into dearpygui themes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import dearpygui.dearpygui as dpg

from .door import Tag
from .fonts import FOLDER, Fonts
from .palette import CHANNELS, Colour, Mode, role

# dearpygui colour -> role, for everything that has no theme of its own.
CORE: Mapping[str, str] = {
    "Text": "text",
    "TextDisabled": "off",
    "WindowBg": "ground",
    "ChildBg": "panel",
    "PopupBg": "panel",
    "Border": "hairline",
    "FrameBg": "raised",
    "FrameBgHovered": "hover",
    "FrameBgActive": "pressed",
    "TitleBg": "panel",
    "TitleBgActive": "panel",
    "TitleBgCollapsed": "panel",
    "MenuBarBg": "ground",
    "ScrollbarBg": "panel",
    "ScrollbarGrab": "hover",
    "ScrollbarGrabHovered": "pressed",
    "ScrollbarGrabActive": "off",
    "CheckMark": "accent",
    "SliderGrab": "accent",
    "SliderGrabActive": "accent",
    "Button": "raised",
    "ButtonHovered": "hover",
    "ButtonActive": "pressed",
    "Header": "hover",
    "HeaderHovered": "hover",
    "HeaderActive": "pressed",
    "Separator": "hairline",
    "SeparatorHovered": "accent",
    "SeparatorActive": "accent",
    "ResizeGrip": "hairline",
    "ResizeGripHovered": "accent",
    "ResizeGripActive": "accent",
    "Tab": "raised",
    "TabHovered": "hover",
    "TabActive": "pressed",
    "TextSelectedBg": "on hover",
    "InputTextCursor": "text",
    "NavCursor": "accent",
    "DragDropTarget": "accent",
    "TableHeaderBg": "panel",
    "TableBorderStrong": "hairline",
    "TableBorderLight": "hairline",
    "ModalWindowDimBg": "shadow",
    "PlotHistogram": "accent",
}
PLOTS: Mapping[str, str] = {
    # Nothing is drawn twice: what lies below a plot has its ground already, and the viewport has that of the window.
    "FrameBg": "clear",
    "PlotBg": "plot",
    "PlotBorder": "plot",
    "AxisText": "muted",
    "AxisGrid": "grid",
    "AxisTick": "grid",
    "InlayText": "muted",
    "LegendBg": "raised",
    "LegendBorder": "hairline",
    "LegendText": "text",
    "Crosshairs": "muted",
    "Selection": "accent",
}
OFF: Mapping[str, str] = {
    "Text": "off",
    "ButtonHovered": "raised",
    "ButtonActive": "raised",
    "FrameBgHovered": "raised",
    "FrameBgActive": "raised",
}
# Pixels at 100 %: (x,) or (x, y).
MEASURES: Mapping[str, tuple[float, ...]] = {
    "WindowPadding": (8, 8),
    "FramePadding": (10, 8),
    "ItemSpacing": (8, 8),
    "ItemInnerSpacing": (8, 6),
    "CellPadding": (4, 4),
    "IndentSpacing": (16,),
    "FrameRounding": (6,),
    "ChildRounding": (6,),
    "PopupRounding": (6,),
    "WindowRounding": (6,),
    "GrabRounding": (6,),
    "TabRounding": (6,),
    "ScrollbarRounding": (6,),
    "ScrollbarSize": (10,),
    "GrabMinSize": (12,),
}
BORDERS: Mapping[str, float] = {
    "WindowBorderSize": 0,
    "ChildBorderSize": 0,
    "FrameBorderSize": 0,
    "PopupBorderSize": 1,
}
PLOT_MEASURES: Mapping[str, tuple[float, ...]] = {
    "PlotPadding": (0, 0),
    "LabelPadding": (8, 6),
    "AnnotationPadding": (5, 2),
    "MajorTickLen": (0, 0),
    "MinorTickLen": (0, 0),
    "LegendPadding": (8, 8),
    "PlotMinSize": (80, 48),
}
# A button's looks: ground, hovered, pressed, text.
BUTTONS: Mapping[str, tuple[str, str, str, str]] = {
    "plain": ("raised", "hover", "pressed", "text"),
    "on": ("on", "on hover", "on hover", "text"),
    "record": ("record", "record hover", "record hover", "on record"),
    "off": ("raised", "raised", "raised", "off"),
    "quiet": ("panel", "hover", "pressed", "text"),
    "quiet off": ("panel", "panel", "panel", "off"),
    "on off": ("on", "on hover", "on hover", "text"),
    "bare": ("clear", "hover", "pressed", "text"),
    "splitter": ("ground", "pressed", "accent", "text"),
}


class Theme:
    """How everything looks. Make one a window; main thread only, and only once a dearpygui context exists.

    Items keep the themes they were bound to when `mode` changes. After `set_scale`, delete the widgets and
    build them again: they measure in pixels when they are built.

    Parameters
    ----------
    mode
        ``dark``, ``light`` or ``high contrast``.
    scale
        1.0 is 100 %.
    folder
        Where the font files are.
    """

    def __init__(self, mode: Mode = "dark", scale: float = 1.0, folder: Path = FOLDER) -> None:
        self.mode: Mode = mode
        self.scale = scale
        self.version = 0
        self._folder = folder
        self.fonts = Fonts(scale, folder)
        # Faces are kept until the context ends: dearpygui 2.3 crashes in the frame after one was deleted.
        self._faces = {scale: self.fonts}
        # Role of every theme colour made, so that a change of mode finds them again.
        self._roles: dict[Tag, str] = {}
        self._items: dict[str, Tag] = {}
        self._lines: dict[tuple[Colour, int], Tag] = {}
        self._base: Tag = 0

    # What it offers

    def px(self, pixels: float) -> int:
        """Return a length at the UI scale, px."""
        return max(1, round(pixels * self.scale))

    @property
    def row_height(self) -> int:
        """Height of a button or an input, px."""
        return self.fonts.height("words") + 2 * self.padding

    @property
    def padding(self) -> int:
        """Room above and below the words on a button, px."""
        return round(MEASURES["FramePadding"][1] * self.scale)

    def colour(self, name: str) -> Colour:
        """Return the colour of a role."""
        return role(self.mode, name)

    def channel(self, number: int) -> Colour:
        """Return the colour of a channel, in a cycle that the colour-blind can tell apart."""
        cycle = CHANNELS[self.mode]
        return (*cycle[number % len(cycle)], 255)

    def text(self, name: str) -> Tag:
        """Return the theme for text in a role, such as ``muted``, ``good``, ``warn`` or ``bad``."""
        return self._item(f"text {name}", {"Text": name})

    def button(self, name: str = "plain") -> Tag:
        """Return the theme for a button: by its name in `BUTTONS`."""
        ground, hovered, pressed, text = BUTTONS[name]
        return self._item(
            f"button {name}", {"Button": ground, "ButtonHovered": hovered, "ButtonActive": pressed, "Text": text}
        )

    def heading(self) -> Tag:
        """Return the theme for a panel's heading, which is a button that looks like text."""
        roles = {"Button": "panel", "ButtonHovered": "raised", "ButtonActive": "raised", "Text": "muted"}
        return self._item("heading", roles, {"FramePadding": (0, 4)}, align=(0.0, 0.5))

    def choice(self, name: str = "plain") -> Tag:
        """Return the theme for a button that is one line of a list, its words at the left; looks as for `button`."""
        ground, hovered, pressed, text = BUTTONS[name]
        roles = {"Button": ground, "ButtonHovered": hovered, "ButtonActive": pressed, "Text": text}
        return self._item(f"choice {name}", roles, align=(0.0, 0.5))

    def ground(self, name: str) -> Tag:
        """Return the theme for a container on the ground of a role, such as ``panel`` or ``ground``."""
        return self._item(f"ground {name}", {"ChildBg": "clear" if name == "ground" else name})

    def dialog(self) -> Tag:
        """Return the theme for a window over others on the same ground: a line shows where it ends."""
        return self._item("dialog", {"Border": "pressed"}, {"WindowBorderSize": (1,)})

    def tight(self) -> Tag:
        """Return the theme for a container without padding or space between its items."""
        return self._item("tight", {}, {"ItemSpacing": (0, 0), "WindowPadding": (0, 0)})

    def lines(self) -> Tag:
        """Return the theme for lines of text one below the other, as close as they read well."""
        return self._item("lines", {}, {"FramePadding": (0, 1), "ItemSpacing": (8, 3)})

    def rows(self) -> Tag:
        """Return the theme for a container of buttons one below the other, each a row of a list."""
        return self._item("rows", {}, {"ItemSpacing": (8, 3)})

    def list_lines(self) -> Tag:
        """Return the theme for a box with a list of lines of controls in it."""
        return self._item("list lines", {"ChildBg": "panel"}, {"ItemSpacing": (6, 4), "WindowPadding": (4, 6)})

    def list_line(self, name: str = "line") -> Tag:
        """Return the theme for a button that is a line of a list on a panel: ``line``, ``faint`` or ``chosen``."""
        ground, text = {"line": ("panel", "text"), "faint": ("panel", "muted"), "chosen": ("on", "text")}[name]
        roles = {"Button": ground, "ButtonHovered": "hover", "ButtonActive": "pressed", "Text": text}
        return self._item(f"list line {name}", roles, align=(0.0, 0.5))

    def bare_plot(self) -> Tag:
        """Return the theme for a plot that shows the ground below it: filling large areas twice costs time."""
        if "bare plot" not in self._items:
            tag: Tag = dpg.generate_uuid()
            with dpg.theme(tag=tag), dpg.theme_component(dpg.mvAll):
                self._colours({"PlotBg": "clear", "PlotBorder": "clear"}, "mvPlotCol", dpg.mvThemeCat_Plots)
            self._items["bare plot"] = tag
        return self._items["bare plot"]

    def line(self, colour: Colour, weight: int = 1) -> Tag:
        """Return the theme for a line series, `weight` px wide whatever the UI scale."""
        key = (colour, weight)
        if key not in self._lines:
            tag: Tag = dpg.generate_uuid()
            with dpg.theme(tag=tag), dpg.theme_component(dpg.mvAll):
                dpg.add_theme_color(dpg.mvPlotCol_Line, list(colour), category=dpg.mvThemeCat_Plots)
                dpg.add_theme_style(dpg.mvPlotStyleVar_LineWeight, weight, category=dpg.mvThemeCat_Plots)
            self._lines[key] = tag
        return self._lines[key]

    # Taking effect

    def apply(self) -> None:
        """Give the whole window this look."""
        if not self._base:
            self._base = self._make_base()
        dpg.bind_theme(self._base)
        self.fonts.bind_all()
        dpg.set_viewport_clear_color(list(self.colour("ground")))
        self.version += 1

    def set_mode(self, mode: Mode) -> None:
        """Change to dark, light or high contrast at once."""
        self.mode = mode
        for tag, name in self._roles.items():
            dpg.set_value(tag, list(self.colour(name)))
        self.apply()

    def set_scale(self, scale: float) -> None:
        """Change the size of everything. Widgets must be deleted before and built again afterwards."""
        items = self._forget()
        self.scale = scale
        self.fonts = self._faces.get(scale) or Fonts(scale, self._folder)
        self._faces[scale] = self.fonts
        self.apply()
        # Only now: a frame drawn with a theme that is gone would crash.
        _remove(items)

    def delete(self) -> None:
        """Let all themes go. Safe to call twice."""
        dpg.bind_theme(0)
        _remove(self._forget())

    def _forget(self) -> tuple[Tag, ...]:
        tags = (*self._items.values(), *self._lines.values(), self._base)
        self._items, self._lines, self._roles, self._base = {}, {}, {}, 0
        return tags

    # Making

    def _colours(self, roles: Mapping[str, str], prefix: str, category: int) -> None:
        for target, name in roles.items():
            tag: Tag = dpg.generate_uuid()
            constant = getattr(dpg, f"{prefix}_{target}", None)
            if constant is not None:
                dpg.add_theme_color(constant, list(self.colour(name)), category=category, tag=tag)
                self._roles[tag] = name

    def _styles(self, measures: Mapping[str, tuple[float, ...]], prefix: str, category: int) -> None:
        for target, pixels in measures.items():
            dpg.add_theme_style(
                getattr(dpg, f"{prefix}_{target}"), *(round(p * self.scale) for p in pixels), category=category
            )

    def _make_base(self) -> Tag:
        base: Tag = dpg.generate_uuid()
        core, plots = dpg.mvThemeCat_Core, dpg.mvThemeCat_Plots
        with dpg.theme(tag=base):
            with dpg.theme_component(dpg.mvAll):
                self._colours(CORE, "mvThemeCol", core)
                self._styles(MEASURES, "mvStyleVar", core)
                for target, pixels in BORDERS.items():
                    dpg.add_theme_style(getattr(dpg, f"mvStyleVar_{target}"), pixels, category=core)
                self._colours(PLOTS, "mvPlotCol", plots)
                self._styles(PLOT_MEASURES, "mvPlotStyleVar", plots)
                dpg.add_theme_style(dpg.mvPlotStyleVar_PlotBorderSize, 0, category=plots)
            # What is off looks off: same ground under the pointer, words in the colour for it.
            for kind in ("mvButton", "mvCombo", "mvInputText", "mvSliderFloat", "mvCheckbox", "mvSelectable"):
                with dpg.theme_component(getattr(dpg, kind), enabled_state=False):
                    self._colours(OFF, "mvThemeCol", core)
        return base

    def _item(
        self,
        key: str,
        roles: Mapping[str, str],
        measures: Mapping[str, tuple[float, ...]] | None = None,
        align: tuple[float, float] | None = None,
    ) -> Tag:
        if key not in self._items:
            tag: Tag = dpg.generate_uuid()
            with dpg.theme(tag=tag), dpg.theme_component(dpg.mvAll):
                self._colours(roles, "mvThemeCol", dpg.mvThemeCat_Core)
                self._styles(measures or {}, "mvStyleVar", dpg.mvThemeCat_Core)
                if align is not None:
                    dpg.add_theme_style(dpg.mvStyleVar_ButtonTextAlign, *align, category=dpg.mvThemeCat_Core)
            self._items[key] = tag
        return self._items[key]


def _remove(tags: tuple[Tag, ...]) -> None:
    for tag in tags:
        if tag and dpg.does_item_exist(tag):
            dpg.delete_item(tag)
