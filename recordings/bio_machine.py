"""A machine for the few instructions of a pickle that plain values and NumPy's arrays need.

It imports nothing and calls nothing. Of all the world's functions it knows five of NumPy's, and answers those itself
with plain records. The bytes of an array are not read: where they lie in the file is what is kept. The instructions
are those of Python's ``pickletools``, protocols 0 to 5.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from typing import IO, Any, NamedTuple

from .errors import SessionError

MAX_STEPS = 1_000_000
MAX_TEXT = 64 * 2**10
MAX_SMALL_BYTES = 32 * 2**20
SMALL = 4096
"""Bytes up to here are kept as they are; longer ones are left in the file."""

_MODULES = ("numpy.core.multiarray", "numpy._core.multiarray", "numpy.core.numeric", "numpy._core.numeric", "numpy")
_NAMES = ("_reconstruct", "_frombuffer", "scalar", "ndarray", "dtype")
_KIND = re.compile(r"[<>=|]?([iufb])([1248])")


class Span(NamedTuple):
    """Bytes that lie in the file."""

    offset: int
    n_bytes: int


class _Name(NamedTuple):
    """One of NumPy's five functions."""

    name: str


class Kind:
    """A number format while it is being made."""

    def __init__(self, code: str) -> None:
        self.code, self.order = code, "="


class Buffer:
    """An array while it is being made."""

    def __init__(self) -> None:
        self.state: tuple[Any, ...] | None = None


class _Mark:
    pass


_MARK = _Mark()


class Machine:
    """Runs one pickle.

    Parameters
    ----------
    file
        At the pickle's beginning.
    end
        Length of the file.
    """

    def __init__(self, file: IO[bytes], end: int) -> None:
        self._file, self._end = file, end
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self._n_read = 0

    def run(self) -> Any:
        """Return what the pickle leaves, arrays as `Buffer`; `SessionError` where it wants anything else."""
        for _ in range(MAX_STEPS):
            code = self._take(1)
            if code == b".":
                return self._stack.pop()
            step = _STEPS.get(code)
            if step is None:
                raise SessionError(
                    f"The pickle asks for instruction {code!r} at byte {self._file.tell() - 1:,}, which no array needs."
                    " It is not opened."
                )
            step(self)
        raise SessionError(f"The pickle takes over {MAX_STEPS:,} steps, far more than arrays need. It is not opened.")

    # Bytes

    def _take(self, n: int) -> bytes:
        if n < 0 or self._file.tell() + n > self._end:
            raise SessionError(f"The pickle ends in the middle of {n:,} bytes. Was the file cut off?")
        self._n_read += n
        if self._n_read > MAX_SMALL_BYTES:
            raise SessionError("The pickle holds far more names and numbers than arrays need. It is not opened.")
        return self._file.read(n)

    def _number(self, layout: str) -> Any:
        return struct.unpack(layout, self._take(struct.calcsize(layout)))[0]

    def _line(self) -> str:
        line = self._file.readline(MAX_TEXT)
        self._n_read += len(line)
        if not line.endswith(b"\n"):
            raise SessionError("The pickle has a line without an end. Was the file cut off?")
        return line[:-1].decode("utf-8")

    def _text(self, layout: str) -> None:
        n = self._number(layout)
        if n > MAX_TEXT:
            raise SessionError(f"The pickle has a text of {n:,} bytes, far more than a name needs. It is not opened.")
        self._push(self._take(n).decode("utf-8", "replace"))

    def _bytes(self, layout: str) -> None:
        n = self._number(layout)
        if n <= SMALL:
            self._push(self._take(n))
            return
        at = self._file.tell()
        if at + n > self._end:
            raise SessionError(f"The pickle ends in the middle of {n:,} bytes. Was the file cut off?")
        self._file.seek(n, 1)
        self._push(Span(at, n))

    # The stack

    def _push(self, value: Any) -> None:
        self._stack.append(value)

    def _since_mark(self) -> list[Any]:
        for i in range(len(self._stack) - 1, -1, -1):
            if self._stack[i] is _MARK:
                values = self._stack[i + 1 :]
                del self._stack[i:]
                return values
        raise SessionError("The pickle misses a mark. It is damaged.")

    def _keep(self, key: int) -> None:
        self._memo[key] = self._stack[-1]

    def _fill(self, pairs: list[Any]) -> None:
        target = self._stack[-1]
        if not isinstance(target, dict) or len(pairs) % 2:
            raise SessionError("The pickle fills something that is no dict. It is damaged.")
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            if not isinstance(key, str | int | bytes):
                raise SessionError("The pickle has a key that is no text. It is no .bio file.")
            target[key] = value

    def _dict(self, pairs: list[Any]) -> None:
        self._push({})
        self._fill(pairs)

    def _extend(self, values: list[Any]) -> None:
        target = self._stack[-1]
        if not isinstance(target, list):
            raise SessionError("The pickle appends to something that is no list. It is damaged.")
        target.extend(values)

    # What it may name, and what then comes of it

    def _name(self, module: Any, name: Any) -> None:
        if module not in _MODULES or name not in _NAMES:
            raise SessionError(
                f"The pickle names {str(module)[:60]}.{str(name)[:60]}. Arrays of numbers need no such thing;"
                " it is not opened."
            )
        self._push(_Name(name))

    def _call(self) -> None:
        given, function = self._stack.pop(), self._stack.pop()
        name = function.name if isinstance(function, _Name) else ""
        if not isinstance(given, tuple):
            raise SessionError("The pickle calls with something that is no tuple. It is damaged.")
        if name == "dtype" and given and isinstance(given[0], str) and _KIND.fullmatch(given[0]):
            self._push(Kind(given[0]))
        elif name == "_reconstruct" and given == (_Name("ndarray"), (0,), b"b"):
            self._push(Buffer())
        elif name == "_frombuffer" and len(given) == 4 and given[3] in ("C", "F"):
            data, kind, shape, order = given
            made = Buffer()
            made.state = (1, shape, kind, order == "F", data)
            self._push(made)
        elif name == "scalar" and len(given) == 2:
            made = Buffer()
            made.state = (1, (), given[0], False, given[1])
            self._push(made)
        else:
            raise SessionError(
                f"The pickle calls {name or 'something'} in a way that NumPy does not. It is not opened."
            )

    def _build(self) -> None:
        state, target = self._stack.pop(), self._stack[-1]
        if isinstance(target, Kind) and isinstance(state, tuple) and len(state) >= 8 and state[2:5] == (None,) * 3:
            if state[1] not in ("<", ">", "=", "|"):
                raise SessionError("The pickle has a number format of an unknown order of bytes. It is not opened.")
            target.order = state[1]
        elif isinstance(target, Buffer) and isinstance(state, tuple) and len(state) == 5 and target.state is None:
            target.state = state
        else:
            raise SessionError("The pickle builds something that is no array of numbers. It is not opened.")

    def _long(self, n: int) -> None:
        if n > 16:
            raise SessionError("The pickle has a whole number of more than 16 bytes. It is not opened.")
        self._push(int.from_bytes(self._take(n), "little", signed=True))

    def _tuple(self, n: int) -> None:
        if len(self._stack) < n:
            raise SessionError("The pickle takes more than there is. It is damaged.")
        values = tuple(self._stack[len(self._stack) - n :])
        del self._stack[len(self._stack) - n :]
        self._push(values)

    def _whole(self, text: str) -> None:
        if len(text) > 40:
            raise SessionError("The pickle has a whole number of more than 40 digits. It is not opened.")
        self._push({"00": False, "01": True}.get(text) if text in ("00", "01") else int(text.rstrip("L")))


_STEPS: dict[bytes, Callable[[Machine], object]] = {
    b"\x80": lambda m: m._take(1),  # PROTO
    b"\x95": lambda m: m._take(8),  # FRAME: only a hint at how to read
    b"(": lambda m: m._push(_MARK),
    b"}": lambda m: m._push({}),
    b"]": lambda m: m._push([]),
    b")": lambda m: m._push(()),
    b"N": lambda m: m._push(None),
    b"\x88": lambda m: m._push(True),
    b"\x89": lambda m: m._push(False),
    b"J": lambda m: m._push(m._number("<i")),
    b"K": lambda m: m._push(m._number("<B")),
    b"M": lambda m: m._push(m._number("<H")),
    b"\x8a": lambda m: m._long(m._number("<B")),
    b"\x8b": lambda m: m._long(m._number("<I")),
    b"I": lambda m: m._whole(m._line()),
    b"L": lambda m: m._whole(m._line()),
    b"G": lambda m: m._push(m._number(">d")),
    b"F": lambda m: m._push(float(m._line())),
    b"X": lambda m: m._text("<I"),
    b"\x8c": lambda m: m._text("<B"),
    b"\x8d": lambda m: m._text("<Q"),
    b"V": lambda m: m._push(m._line()),
    b"C": lambda m: m._bytes("<B"),
    b"B": lambda m: m._bytes("<I"),
    b"\x8e": lambda m: m._bytes("<Q"),
    b"\x96": lambda m: m._bytes("<Q"),
    b"\x94": lambda m: m._keep(len(m._memo)),
    b"q": lambda m: m._keep(m._number("<B")),
    b"r": lambda m: m._keep(m._number("<I")),
    b"p": lambda m: m._keep(int(m._line())),
    b"h": lambda m: m._push(m._memo[m._number("<B")]),
    b"j": lambda m: m._push(m._memo[m._number("<I")]),
    b"g": lambda m: m._push(m._memo[int(m._line())]),
    b"t": lambda m: m._push(tuple(m._since_mark())),
    b"l": lambda m: m._push(m._since_mark()),
    b"\x85": lambda m: m._tuple(1),
    b"\x86": lambda m: m._tuple(2),
    b"\x87": lambda m: m._tuple(3),
    b"d": lambda m: m._dict(m._since_mark()),
    b"u": lambda m: m._fill(m._since_mark()),
    b"s": lambda m: m._fill([*reversed((m._stack.pop(), m._stack.pop()))]),
    b"e": lambda m: m._extend(m._since_mark()),
    b"a": lambda m: m._extend([m._stack.pop()]),
    b"0": lambda m: m._stack.pop(),
    b"1": lambda m: m._since_mark(),
    b"c": lambda m: m._name(m._line(), m._line()),
    b"\x93": lambda m: m._name(*reversed((m._stack.pop(), m._stack.pop()))),
    b"R": lambda m: m._call(),
    b"b": lambda m: m._build(),
}
