"""The button «Set MVC» and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from ..sources.language import tr
from .door import Tag
from .panel import Switch
from .popup import PopupButton, calling
from .theme import Theme


class MvcPopup:
    """Measure the strongest a person can, take the peaks for it, or forget it. Main thread only.

    Parameters
    ----------
    seconds
        How long it is measured, s.
    actions
        What `trial`, `peaks` and `forget` do.
    why_off
        Returns why one of them cannot be done now; empty when it can.
    """

    def __init__(self, seconds: float, actions: dict[str, Callable[[], None]], why_off: Callable[[str], str]) -> None:
        self._seconds = seconds
        self._actions = actions
        self._why_off = why_off
        self.buttons: dict[str, Switch] = {}
        tip = tr("The strongest a person can, channel by channel: levels are then shown in percent of it")
        self.popup = PopupButton(tr("Set MVC"), tip, self._fill, 300)

    def build(self, parent: Tag, theme: Theme) -> None:
        """Make the button."""
        self._theme = theme
        self.popup.build(parent, theme)

    def _fill(self, window: Tag) -> None:
        trial = tr("Measure the next {n} s").format(n=f"{self._seconds:g}")
        words = {
            "trial": (
                trial,
                tr("Contract as strongly as you can: the highest level of each channel becomes its MVC"),
            ),
            "peaks": (tr("Take the peaks so far"), tr("The line on each bar becomes the channel's MVC")),
            "forget": (tr("Forget the MVC"), tr("Of every channel of this stream")),
        }
        self.buttons = {}
        for key, (text, tip) in words.items():
            self.buttons[key] = button = Switch(self._theme, text, tip, calling(self._act, key))
            button.build(window, width=self._theme.px(280))
            button.show(why_off=self._why_off(key))

    def _act(self, key: str) -> None:
        self.popup.close()
        self._actions[key]()
