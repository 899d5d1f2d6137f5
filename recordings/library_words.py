"""What a library says of a file, as part of one of our sentences."""

from __future__ import annotations


def said_by(error: BaseException, most: int = 120) -> str:
    """Return the words of an error in one line, of printable characters, at most `most` of them; never nothing."""
    text = "".join(c if c.isprintable() else " " for c in str(error))
    return " ".join(text.split())[:most].rstrip(" .,;:") or type(error).__name__
