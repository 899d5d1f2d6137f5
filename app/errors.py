"""What goes wrong in running the program."""

from __future__ import annotations


class AppError(Exception):
    """Something cannot be done now. The message says what to do about it."""
