"""A finished archive as a stream that is read once, forward, and never without bound."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import os
import zlib
from typing import IO, Any, Callable, Dict, Iterator, cast

from hatch_nocache.archive import UnreadableArchive

__all__ = ["MOST_BYTES", "Stream", "unreadable"]

# To reach the last header of a compressed tar, all of it must be decompressed. The package index takes files of 100 MB
# unless it is asked for more, and gzip can make a thousand times as much of them: hours of work. Two gibibytes are more
# than any sdist known to us, and take seconds.
MOST_BYTES = 2 * 1024**3
# One header block, or the records of one PAX header: tarfile reads them into memory as a whole.
_MOST_AT_ONCE = 1024**2
_CHUNK = 256 * 1024


_OPENERS: Dict[bytes, Callable[[str], Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}


@contextlib.contextmanager
def unreadable() -> Iterator[None]:
    """Make one exception of all that a damaged archive can bring about.

    Raises:
        UnreadableArchive: anything went wrong while the file was read.
    """
    try:
        yield
    except EOFError as error:
        raise UnreadableArchive("it is truncated") from error
    except (zlib.error, lzma.LZMAError) as error:
        raise UnreadableArchive(f"its compression is damaged ({_line(error)})") from error
    except OSError as error:
        raise UnreadableArchive(error.strerror or f"it is damaged ({_line(error)})") from error


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


class Stream:
    """What tarfile needs of a file: read, tell, and seek, forward only. `last` is what was read last."""

    def __init__(self, path: str, most: int) -> None:
        with open(path, "rb") as file:
            head = file.read(6)
        opener = next((opener for magic, opener in _OPENERS.items() if head.startswith(magic)), None)
        raw = cast("IO[bytes]", opener(path)) if opener else open(path, "rb")  # noqa: SIM115 - see __exit__
        # The decompressors of the standard library are slow where little is read at a time.
        self._file = io.BufferedReader(cast("io.RawIOBase", raw), _CHUNK)
        self._most = most if opener else os.path.getsize(path)
        self._position = 0
        self.last = b""

    def __enter__(self) -> Stream:  # noqa: PYI034 - Self is not in Python 3.8
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer only at the end.

        Raises:
            UnreadableArchive: a header asks for so much that it cannot be one.
            OSError, EOFError, zlib.error, lzma.LZMAError: see `unreadable`.
        """
        if not 0 <= size <= _MOST_AT_ONCE:
            raise UnreadableArchive(f"a header says that it has {size} bytes")
        self.last = self._file.read(size)
        self._position += len(self.last)
        self._check()
        return self.last

    def seek(self, position: int) -> int:
        """Go forward to `position`, or to the end.

        Raises: what `read` does.
        """
        missing = position - self._position
        if missing < 0:
            raise UnreadableArchive("a header leads back to where it was read before")
        while missing:
            got = len(self._file.read(min(missing, _CHUNK)))
            if not got:
                break
            missing -= got
            self._position += got
            self._check()
        return self._position

    def tell(self) -> int:
        """How far it was read."""
        return self._position

    def drain(self) -> None:
        """Read the rest, so that a checksum at the end is checked. Raises: what `read` does."""
        while self.read(_CHUNK):
            pass

    def _check(self) -> None:
        if self._position > self._most:
            raise UnreadableArchive(f"it decompresses to more than {self._most:,} bytes")
