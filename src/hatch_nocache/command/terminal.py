"""What the command needs to know of the terminal: colour, a progress line, output that no name can break."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import Iterator, Mapping, TextIO

from hatch_nocache.report import escape

__all__ = ["Style", "UnwritableError", "open_streams", "progress", "write"]

# Seconds after which a person wants to know what is going on.
_PATIENCE = 1.0
_CLEAR = "\r\x1b[K"
_COLOURS = {"rejected": "31", "dropped": "33", "copied": "33", "notice": "36", "bold": "1", "dim": "2"}


class UnwritableError(Exception):
    """The output cannot be written, for want of room on the disk perhaps."""


def open_streams() -> None:
    """Give the process the streams that its parent has closed (`>&-`): what is written there is nobody's business."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the process


class Style:
    """Marks up text, or leaves it as it is."""

    def __init__(self, *, colour: bool) -> None:
        self.colour = colour

    @classmethod
    def of(cls, stream: TextIO, environ: Mapping[str, str]) -> Style:
        """Colour on a terminal; NO_COLOR (https://no-color.org) and FORCE_COLOR, when not empty, decide before that."""
        if environ.get("NO_COLOR"):
            return cls(colour=False)
        if environ.get("FORCE_COLOR"):
            return cls(colour=True)
        # The older console of Windows shows the sequences as they are.
        able = "WT_SESSION" in environ if os.name == "nt" else environ.get("TERM") not in (None, "dumb")
        return cls(colour=stream.isatty() and able)

    def __call__(self, text: str, name: str) -> str:
        """`text` in the colour of that name."""
        return f"\x1b[{_COLOURS[name]}m{text}\x1b[0m" if self.colour and text else text


def write(stream: TextIO, text: str) -> None:
    """Write lines to a stream of whatever encoding. What it cannot hold is written as a backslash escape.

    Raises:
        BrokenPipeError: nobody reads any more.
        UnwritableError: they cannot be written; the message says why.
    """
    if not text:
        return
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UnwritableError(error.strerror) from error


@contextlib.contextmanager
def progress(stream: TextIO, text: str) -> Iterator[None]:
    """Show `text` on a terminal while the block runs, once that takes long."""
    if not stream.isatty():
        yield
        return
    shown = threading.Event()

    def show() -> None:
        shown.set()
        stream.write(f"{_CLEAR}{escape(text)}")
        stream.flush()

    timer = threading.Timer(_PATIENCE, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if shown.is_set():
            stream.write(_CLEAR)
            stream.flush()
