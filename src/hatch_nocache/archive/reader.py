"""Open a finished archive, from any build backend, as a stream of members."""

from __future__ import annotations

import contextlib
import sys
import zlib
from typing import Iterator, Optional, Union

from hatch_nocache.archive.tarfiles import MAX_BYTES, TarReader
from hatch_nocache.archive.tree import Kind, UnreadableArchive
from hatch_nocache.archive.zipfiles import MAX_DIRECTORY, ZipReader

__all__ = ["UnreadableArchive", "open_archive", "read_member", "unsupported"]

# Size limit: parsers of TOML are superlinear. `TarReader` reads no more at once.
_MAX_SETTINGS = 256 * 1024
_UNSUPPORTED = (
    (b"\x28\xb5\x2f\xfd", (".zst", ".tzst"), "Zstandard"),
    (b"\x5d\0\0", (".lzma", ".tlz"), "LZMA"),
    (b"\x1f\x9d", (".z", ".taz"), "`compress`"),
)


@contextlib.contextmanager
def open_archive(path: str, *, bounded: bool = True) -> Iterator[Union[TarReader, ZipReader]]:
    """Open the archive at `path`. Not `bounded`: it may have any size, because this build has just written it.

    Raises:
        UnreadableArchive: the file cannot be read, here or in the `with` block.
    """
    try:
        with open(path, "rb") as file:
            reason = unsupported(path)
            if reason is not None:
                raise UnreadableArchive(reason)
            if path.lower().endswith((".whl", ".zip")) or file.read(2) == b"PK":
                yield ZipReader(file, MAX_DIRECTORY if bounded else sys.maxsize)
                return
        with TarReader(path, MAX_BYTES if bounded else sys.maxsize) as archive:
            yield archive
    except EOFError as error:
        raise UnreadableArchive("it is truncated") from error
    except OSError as error:
        raise UnreadableArchive(error.strerror or f"it is damaged ({_line(error)})") from error
    except (zlib.error, getattr(sys.modules.get("lzma"), "LZMAError", zlib.error)) as error:
        raise UnreadableArchive(f"its compression is damaged ({_line(error)})") from error


def unsupported(path: str) -> Optional[str]:
    """Return why the archive is in a format that is not supported, by its name or its first bytes, or None.

    Raises:
        OSError: the file cannot be read.
    """
    with open(path, "rb") as file:
        magic = file.read(4)
    for start, suffixes, name in _UNSUPPORTED:
        if magic.startswith(start) or path.lower().endswith(suffixes):
            return f"archives compressed with {name} are not supported, by installers either"
    return None


def read_member(path: str, name: str) -> Optional[bytes]:
    """Return the content of the regular file `name` directly below the root of an sdist, or None.

    None as well if it has more than 256 KiB.

    Raises:
        UnreadableArchive: the file cannot be read.
    """
    with open_archive(path) as archive, contextlib.closing(archive.members({name}, _MAX_SETTINGS)) as members:
        for member in members:
            if member.name.split("/")[1:] == [name] and member.kind is Kind.FILE and member.size <= _MAX_SETTINGS:
                return member.head
    return None


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
