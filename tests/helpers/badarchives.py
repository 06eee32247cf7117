"""Archives that no builder should make, and odd ones that are fine, made at run time.

`CASES` are sdists, most of them in badarchives.txt: their members, and the codes that must be found. Each is otherwise
a valid sdist whose own backend records what was unpacked, so that a front end that alters it is caught too. `WHEELS`
are wheels by the names in them, `ZIPS` by their structure. `members/incompatibilities.py` says who refuses them.
"""

from __future__ import annotations

import base64
import csv
import dataclasses
import gzip
import hashlib
import io
import os
import posixpath
import re
import struct
import tarfile
import warnings
import zipfile
import zlib
from typing import FrozenSet, NamedTuple, Optional, Tuple

ROOT = "myproject-1.0.1"

PYPROJECT = b"""\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "myproject"
version = "1.0.1"
"""

PKG_INFO = b"Metadata-Version: 2.1\nName: myproject\nVersion: 1.0.1\n"

BACKEND = b'''\
"""Write a wheel whose only content is a list of what the front end unpacked."""
import hashlib, json, os, stat, zipfile

IGNORED = {"__pycache__", "build", "dist", "myproject.egg-info"}

def listing(top):
    found = {}
    for here, folders, files in os.walk(top):
        folders[:] = [name for name in folders if name not in IGNORED]
        for name in files + [each for each in folders if os.path.islink(os.path.join(here, each))]:
            path = os.path.join(here, name)
            mode = os.lstat(path).st_mode
            key = os.path.relpath(path, top).encode("utf-8", "surrogateescape").hex()
            if stat.S_ISLNK(mode):
                # Some installers write a shorter spelling.
                text = os.path.normpath(os.readlink(path))
                found[key] = "link " + text.encode("utf-8", "surrogateescape").hex()
            elif stat.S_ISREG(mode):
                with open(path, "rb") as file:
                    found[key] = "file " + hashlib.sha256(file.read()).hexdigest()
            else:
                found[key] = "other"
    return found

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = "myproject-1.0.1-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        wheel.writestr("myproject/listing.json", json.dumps(listing(".")))
        head = "Metadata-Version: 2.1\\nName: myproject\\nVersion: 1.0.1\\n"
        wheel.writestr("myproject-1.0.1.dist-info/METADATA", head)
        head = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        wheel.writestr("myproject-1.0.1.dist-info/WHEEL", head)
        wheel.writestr("myproject-1.0.1.dist-info/RECORD", "")
    return name
'''


@dataclasses.dataclass(frozen=True)
class Entry:
    """One member: `name` is below the root of the archive unless `bare`."""

    name: str
    data: bytes = b""
    type: bytes = tarfile.REGTYPE
    link: str = ""
    bare: bool = False
    format: int = tarfile.PAX_FORMAT
    mode: int = 0o644
    size: Optional[int] = None
    mtime: int = 1580601600
    uid: int = 0
    pax: Tuple[Tuple[str, str], ...] = ()

    @property
    def full(self):
        return self.name if self.bare else f"{ROOT}/{self.name}" if self.name else ROOT

    def blocks(self):
        info = tarfile.TarInfo(self.full)
        info.type, info.linkname = self.type, self.link
        info.mode, info.mtime, info.uid = self.mode, self.mtime, self.uid
        info.size = len(self.data) if self.size is None else self.size
        info.pax_headers = dict(self.pax)
        if self.type == tarfile.CHRTYPE:
            info.devmajor, info.devminor = 1, 3
        elif self.type == tarfile.BLKTYPE:
            info.devmajor, info.devminor = 7, 250
        return info.tobuf(self.format, "utf-8", "surrogateescape") + self.data + bytes(-len(self.data) % 512)


@dataclasses.dataclass(frozen=True)
class Case:
    """One archive: `rejects` must be found as rejected, `notices` as notices, and nothing else.

    An `unreadable` one cannot be checked, because installers disagree about what its members are. `newer_only`: only
    newer versions of tarfile refuse it, such as that of Python 3.14.
    """

    id: str
    entries: Tuple[Entry, ...]
    rejects: FrozenSet[str] = frozenset()
    notices: FrozenSet[str] = frozenset()
    bare: bool = False
    tail: bytes = bytes(1024)
    unreadable: bool = False
    newer_only: bool = False

    def all_entries(self):
        """Return the members in order, those of a valid sdist first (`bare` cases bring their own)."""
        return [*([] if self.bare else BASE), *self.entries]

    def tar(self):
        return b"".join(entry.blocks() for entry in self.all_entries()) + self.tail

    def sdist(self):
        return gzip.compress(self.tar(), 1)

    def faithful(self):
        """Return what unpacking must leave, in the words of the backend above; the last member of a name wins."""
        found = {}
        for entry in self.all_entries():
            path = "/".join(part for part in entry.full.split("/") if part not in ("", "."))
            key = path[len(ROOT) + 1 :].encode("utf-8", "surrogateescape").hex()
            if entry.type == tarfile.SYMTYPE:
                found[key] = "link " + posixpath.normpath(entry.link).encode("utf-8", "surrogateescape").hex()
            elif entry.type == tarfile.LNKTYPE:
                found[key] = found.get(posixpath.normpath(entry.link)[len(ROOT) + 1 :].encode().hex(), "nothing")
            elif entry.type not in (tarfile.DIRTYPE, tarfile.XGLTYPE):
                found[key] = "file " + hashlib.sha256(entry.data).hexdigest()
        return found


def file(name, data=b"x\n", **more):
    return Entry(name, data, **more)


def sym(name, text, **more):
    return Entry(name, type=tarfile.SYMTYPE, link=text, mode=0o777, **more)


def hard(name, target, **more):
    """Make a hard link; `target` is the full name in the header."""
    return Entry(name, type=tarfile.LNKTYPE, link=target, **more)


def folder(name, mode=0o755, **more):
    return Entry(name, type=tarfile.DIRTYPE, mode=mode, **more)


BASE = (
    file("pyproject.toml", PYPROJECT),
    file("backend.py", BACKEND),
    file("src/myproject/__init__.py", b""),
    file("data/real.txt", b"real\n"),
    file("realdir/deep.txt", b"deep\n"),
    file("PKG-INFO", PKG_INFO),
)


def case(name, *entries, codes="", **more):
    """Make a row of the table. Codes are given as words; `?` marks a notice."""
    rejects = frozenset(code for code in codes.split() if not code.endswith("?"))
    notices = frozenset(code[:-1] for code in codes.split() if code.endswith("?"))
    return Case(name, entries, rejects, notices, **more)


def _gnu(*entries):
    return tuple(dataclasses.replace(entry, format=tarfile.GNU_FORMAT) for entry in entries)


_LONG = "n" * 255
_HIDDEN = {"tail": file("data/hidden").blocks() + bytes(1024), "unreadable": True}

FINE_NAMES = (
    *(" lead.txt", "trail.", "a*b", "a?b", 'a"b', "a<b", "a>b", "a|b", "a\x85b", "con", "COM1.log", "a\u200bb"),
    *("a\u2028b", "\ufeffa", "...", "~", "-rf", "dir./f.txt", "dir /f.txt", ".hidden", "a'b$(x)`y`;&"),
    *(".git/config", "\u00e9\u0301", "a b", "a\u202eb\U0001f600"),
)
BAD_NAMES = ("a\x1b[31mb", "a\x07b", "a\x01b", "a\tb", "a\rb", "a\nb", "a\x7fb", "trail ", "ab:c", "..\\..\\evil")

_SPARSE = (
    *(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0")),
    *(("GNU.sparse.name", f"{ROOT}/s"), ("GNU.sparse.realsize", "0")),
)
FINE_TIMES = ("1580601600.123456789", "1", str(2**40), "0.5")
BAD_RECORDS = {
    "mtime": ("-1", "-0.5", "nan", "inf", "1e400", "1e5", "abc", " 5", ".5", "5.", "", str(2**64)),
    "atime": ("-1", "nan"),
    "ctime": ("abc",),
    "uid": ("-1", "abc", ""),
    "hdrcharset": ("x",),
}


def _record(key, value):
    return file("data/z", pax=((key, value),))


def _instead(name, old, *entries, **more):
    """Make a case with other members in place of one of `BASE`."""
    return case(name, *(each for each in BASE if each.name != old), *entries, bare=True, **more)


def _for_all(key, value):
    record = f" {key}={value}\n".encode()
    return Entry("././@PaxHeader", b"%d%b" % (len(record) + 2, record), type=tarfile.XGLTYPE, bare=True)


def _member(text):
    """Return a member in the notation of the table."""
    is_bare, name, mark, value = re.fullmatch(r"(\^?)(.*?)(?: (->|=>|=) (.*))?", text).groups()
    bare = bool(is_bare)
    if mark is None:
        return folder(name[:-1], bare=bare) if name.endswith("/") else file(name, bare=bare)
    if mark == "=":
        return file(name, value.encode(), bare=bare)
    return (sym if mark == "->" else hard)(name, value, bare=bare)


def _read(name):
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as table:
        rows = [line.rstrip("\n").replace("ROOT", ROOT) for line in table if not line.startswith("#")]
    for row in rows:
        id_, codes, members = re.fullmatch(r"(\S+) +(fine|NC\S+(?: NC\S+)*) +(.*)", row).groups()
        yield case(id_, *map(_member, members.split("; ")), codes=codes.replace("fine", ""))


CASES = (
    *_read("badarchives.txt"),
    case("j1-fifo", Entry("data/f", type=tarfile.FIFOTYPE), codes="NC201"),
    case("j2-character-device", Entry("data/f", type=tarfile.CHRTYPE), codes="NC201"),
    case("j3-block-device", Entry("data/f", type=tarfile.BLKTYPE), codes="NC201"),
    case("j4-hard-to-fifo", Entry("f", type=tarfile.FIFOTYPE), hard("h", f"{ROOT}/f"), codes="NC201 NC204"),
    case("m03-not-utf8-pax", file("data/a\udcffb"), codes="NC203"),
    case("m04-not-utf8-gnu", *_gnu(*BASE, file("data/a\udcffb")), bare=True, codes="NC203"),
    case("m05-255-bytes", file(f"data/{_LONG}")),
    case("m06-300-bytes", file(f"data/{'n' * 300}"), codes="NC203"),
    case("m07-5000-bytes", file("data/" + "/".join(["n" * 200] * 25)), codes="NC203"),
    case("m08-hard-to-300-bytes", file("n" * 300), hard("h", f"{ROOT}/{'n' * 300}"), codes="NC203 NC204"),
    case("m13-two-spellings", file("data/\u00e9"), file("data/e\u0301", b"2")),
    case("m14-nul", file("data/a", pax=(("path", f"{ROOT}/data/a\0b"),)), codes="NC203"),
    case("m17-target-not-utf8", sym("data/l", "a\udcffb"), codes="NC203"),
    case("n5-folder-mode-0", folder("data/closed", 0), file("data/closed/a.txt")),
    case("n6-explicit-folders", folder(""), folder("data")),
    _instead("o1-pyproject-link", "pyproject.toml", file("r", PYPROJECT), sym("pyproject.toml", "r")),
    _instead("o2-pkg-info-link", "PKG-INFO", file("M", PKG_INFO), sym("PKG-INFO", "M"), codes="NC205"),
    _instead("o3-pyproject-dangling", "pyproject.toml", sym("pyproject.toml", "no.toml"), codes="NC104"),
    _instead("o4-pyproject-absolute", "pyproject.toml", sym("pyproject.toml", "/etc/x.toml"), codes="NC101"),
    _instead("o5-pkg-info-hard", "PKG-INFO", file("M", PKG_INFO), hard("PKG-INFO", f"{ROOT}/M"), codes="NC204"),
    case("p1-setuid", file("data/s", mode=0o4777)),
    case("p2-mode-0", file("data/s", mode=0)),
    # Names that uv from 0.13 does accept, though a careful reader might not think so.
    *(case(f"q-{number:02}", file(f"data/{name}")) for number, name in enumerate(FINE_NAMES)),
    # Names that it refuses, one by one, in a member and in the target of a link.
    *(case(f"r-{number:02}", file(f"data/{name}"), codes="NC203") for number, name in enumerate(BAD_NAMES)),
    *(case(f"r-link-{number:02}", sym("data/l", name), codes="NC203") for number, name in enumerate(BAD_NAMES)),
    case("r-link-long", sym("data/l", "n" * 300), codes="NC203"),
    case("r-link-empty", sym("data/l", ""), codes="NC203"),
    case("r-link-nul", sym("data/l", "a", pax=(("linkpath", "a\0b"),)), codes="NC203"),
    case("r-folder-space", folder("data/e ")),
    case("r-slash", file("data/p.txt/"), codes="NC203"),
    case("s18-41-links", *(sym(f"data/c{n}", f"c{n + 1}") for n in range(41)), file("data/c41"), codes="NC105"),
    case("s19-40-links", *(sym(f"data/c{n}", f"c{n + 1}") for n in range(40)), file("data/c40")),
    case("s20-file-as-folder", sym("data/l", "real.txt/x"), codes="NC104", newer_only=True),
    case("u05-dot-all", *(file(f"./{each.full}", each.data, bare=True) for each in BASE), bare=True, codes="NC202"),
    case("u06-file-for-root", file(""), codes="NC202"),
    case("u08-metadata-twice", file("PKG-INFO", PKG_INFO)),
    case("u10-contiguous", Entry("data/c", b"x", type=tarfile.CONTTYPE)),
    case("u11-old-type", Entry("data/c", b"x", type=tarfile.AREGTYPE)),
    case("u12-unknown-type", Entry("data/c", b"x", type=b"Z"), codes="NC201"),
    _instead("u13-pyproject-hard", "pyproject.toml", file("r", PYPROJECT), hard("pyproject.toml", f"{ROOT}/r")),
    # What follows is no matter of a member: uv from 0.13 refuses the archive, or readers see different members.
    case("v01-no-end", tail=b"", unreadable=True),
    case("v02-half-an-end", tail=bytes(512), unreadable=True),
    case("v03-more-after-half-an-end", tail=bytes(512) + file("data/x").blocks() + bytes(1024), unreadable=True),
    case("v04-more-after-the-end", tail=bytes(1024) + file("data/x").blocks() + bytes(1024)),
    case("v05-junk-for-header", tail=b"junk" * 128 + bytes(1024), unreadable=True),
    case("v06-link-with-data", sym("data/l", "real.txt", size=512), **_HIDDEN),
    case("v07-hard-link-with-data", hard("data/h", f"{ROOT}/PKG-INFO", size=512), **_HIDDEN),
    case("v08-folder-with-data", folder("data/e", size=512), **_HIDDEN),
    case("v09-two-formats", file("data/gnu", format=tarfile.GNU_FORMAT), codes="NC203"),
    case("v10-unknown-record", file("data/a", pax=(("foo", "x"),)), codes="NC203"),
    case("v11-vendor-record", file("data/a", pax=(("RHT.security.selinux", "x"),)), codes="NC203"),
    case("v12-known-records", file("data/a", pax=(("SCHILY.dev", "1"), ("LIBARCHIVE.creationtime", "1")))),
    case("v13-target-of-a-file", file("data/a", pax=(("linkpath", "x"),)), codes="NC203"),
    case("v14-global-comment", _for_all("comment", "x"), file("data/a")),
    case("v15-global-path", _for_all("path", f"{ROOT}/z"), file("a"), unreadable=True),
    case("v16-ustar", *(dataclasses.replace(each, format=tarfile.USTAR_FORMAT) for each in BASE), bare=True),
    case("v17-gnu", *_gnu(*BASE, file("data/" + "n" * 150)), bare=True),
    *(
        case(f"x-{key}-{number:02}", _record(key, value), codes="NC203")
        for key, values in BAD_RECORDS.items()
        for number, value in enumerate(values)
    ),
    *(case(f"x-fine-{number:02}", _record("mtime", value)) for number, value in enumerate(FINE_TIMES)),
    case("x-before-1970", *_gnu(*BASE, file("data/z", mtime=-1)), bare=True, codes="NC203"),
    case("x-owner", *_gnu(*BASE, file("data/z", uid=-1)), bare=True, codes="NC203"),
    case("x-many-records", file("data/z", pax=tuple((f"SCHILY.x{n}", "v") for n in range(20000))), codes="NC203"),
    case("x-limit", _record("comment", "c" * (262_144 - 16))),
    case("x-over-limit", _record("comment", "c" * (262_145 - 16)), codes="NC203"),
    case("x-size", _record("size", "abc"), unreadable=True),
    case("x-sparse", file("data/s", b"0\n".ljust(512, b"\0"), pax=_SPARSE), codes="NC201"),
)


class WheelRow(NamedTuple):
    """A wheel with files of these names. `by_contract`: it is refused although every installer installs it."""

    id: str
    content: bytes
    rejects: FrozenSet[str]
    names: Tuple[str, ...] = ("myproject/a",)
    by_contract: bool = False


def wheel(names, data=b"", method=zipfile.ZIP_STORED, out=None):
    """Make a wheel that can be installed, except for its names. `out` is a file that cannot seek."""
    info = "myproject-1.0.1.dist-info"
    tags = b"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    members = [*((name, data) for name in names), (f"{info}/METADATA", PKG_INFO), (f"{info}/WHEEL", tags)]
    record = io.StringIO()
    rows = csv.writer(record, lineterminator="\n")
    out = out or io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore", UserWarning)  # two members of one name
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            if not name.endswith("/"):
                rows.writerow((name, f"sha256={digest}", len(content)))
        rows.writerow((f"{info}/RECORD", "", ""))
        archive.writestr(zipfile.ZipInfo(f"{info}/RECORD"), record.getvalue(), method)
    return out.getvalue()


def wheel_row(name, *names, rejects="", by_contract=False):
    return WheelRow(name, wheel(names), frozenset(rejects.split()), names, by_contract)


_FINE = (
    *["a:b", "a\\b", "a.", "con", "a*b", 'a"b', "a<b", "a|b", "d:/a", "a,b"],
    *("a ", "d /a", " a", "a\u00a0b", "a\u2028b"),
)
# uv from 0.9.6 refuses them, pip installs them.
_CHARACTERS = "\n\r\t\x1b\x07\x01\x7f\x85\u00ad\u200d\u202e\ufeff\ue000"

WHEELS = (
    wheel_row("w-plain", "myproject/a"),
    *(wheel_row(f"w-fine-{number:02}", f"myproject/{name}") for number, name in enumerate(_FINE)),
    *(wheel_row(f"w-{ord(c):04x}", f"myproject/a{c}b", rejects="NC203") for c in _CHARACTERS),
    wheel_row("w-255", f"myproject/{_LONG}"),
    wheel_row("w-300", f"myproject/{'n' * 300}", rejects="NC203"),
    wheel_row("w-3000", "myproject/" + "/".join(["n" * 200] * 15)),
    wheel_row("w-5000", "myproject/" + "/".join(["n" * 200] * 25), rejects="NC203"),
    wheel_row("w-up", "../evil", rejects="NC202"),
    wheel_row("w-absolute", "/hatch-nocache-absolute.txt", rejects="NC202"),
    wheel_row("w-data-up", "myproject-1.0.1.data/purelib/../../x", rejects="NC202"),
    wheel_row("w-up-inside", "myproject/x/../y", rejects="NC202", by_contract=True),
    wheel_row("w-dot", "./myproject/a"),
    wheel_row("w-double-slash", "myproject//a"),
    wheel_row("w-under-file", "myproject/d", "myproject/d/e", rejects="NC205"),
    wheel_row("w-folder-over-file", "myproject/d", "myproject/d/", rejects="NC205"),
    wheel_row("w-folder", "myproject/d/", "myproject/d/e"),
    wheel_row("w-case", "myproject/A", "myproject/a"),
)


class _Pipe(io.BytesIO):
    """A file that cannot seek: zipfile writes sizes behind the data then."""

    def seekable(self):
        return False

    def tell(self):
        raise OSError


_WHEEL = wheel(("myproject/a",), b"hello\n")
_CENTRAL = _WHEEL.index(b"PK\1\2")
_END = _WHEEL.rindex(b"PK\5\6")
_MEMBERS = 4


def _patch(form, *changes, content=_WHEEL):
    """Overwrite numbers: pairs of an offset and a value."""
    patched = bytearray(content)
    for offset, value in changes:
        struct.pack_into(form, patched, offset, value)
    return bytes(patched)


def _moved(at, junk):
    """Put `junk` at an offset, and make all later offsets fit."""
    content = bytearray(_WHEEL[:at] + junk + _WHEEL[at:])
    end = content.rindex(b"PK\5\6")
    (start,) = struct.unpack_from("<L", content, end + 16)
    start += len(junk) if start >= at else 0
    struct.pack_into("<L", content, end + 16, start)
    for _ in range(_MEMBERS):
        sizes = struct.unpack_from("<HHH", content, start + 28)
        (offset,) = struct.unpack_from("<L", content, start + 42)
        struct.pack_into("<L", content, start + 42, offset + (len(junk) if offset >= at else 0))
        start += 46 + sum(sizes)
    return bytes(content)


def _hidden():
    """Leave a member out of the central directory."""
    entry = struct.calcsize("<46x") + len("myproject/a")
    content = _WHEEL[:_CENTRAL] + _WHEEL[_CENTRAL + entry :]
    changes = (_END - entry + 8, 3), (_END - entry + 10, 3), (_END - entry + 12, _END - _CENTRAL - entry)
    return _patch("<H", *changes, content=content)


def _comment(size, comment):
    return _WHEEL[:-2] + struct.pack("<H", size) + comment


def zip64(content):
    """Add the end records of large files, without which the others may be zero."""
    end = content.rindex(b"PK\5\6")
    _, members, size, start = struct.unpack_from("<HHLL", content, end + 8)
    record = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, members, members, size, start)
    return content[:end] + record + struct.pack("<4sLQL", b"PK\6\7", 0, end, 1) + content[end:]


def _twice_different():
    content = _TWICE.replace(b"hello\n", b"other\n", 1)
    checksum = zlib.crc32(b"other\n")
    return _patch("<L", (14, checksum), (content.index(b"PK\1\2") + 16, checksum), content=content)


_TWICE = wheel(("myproject/a", "myproject/a"), b"hello\n")

_ZIPS = (
    ("plain", _WHEEL),
    ("deflated", wheel(("myproject/a",), b"hello\n", zipfile.ZIP_DEFLATED)),
    ("bzip2", wheel(("myproject/a",), b"hello\n", zipfile.ZIP_BZIP2), "NC206"),
    ("lzma", wheel(("myproject/a",), b"hello\n", zipfile.ZIP_LZMA), "NC206"),
    ("comment", _comment(5, b"hello")),
    ("zip64", zip64(_WHEEL)),
    ("sizes-behind", wheel(("myproject/a",), b"hello\n", zipfile.ZIP_DEFLATED, _Pipe())),
    ("sizes-behind-stored", wheel(("myproject/a",), b"hello\n", zipfile.ZIP_STORED, _Pipe()), "NC206"),
    ("before", b"junk" + _WHEEL, "NC206"),
    ("before-listed", _moved(0, b"junk"), "NC206"),
    ("between", _moved(30 + len("myproject/a") + len("hello\n"), b"junk"), "NC206"),
    ("before-directory", _moved(_CENTRAL, b"junk"), "NC206"),
    ("before-end", _WHEEL[:_END] + b"junk" + _WHEEL[_END:], "unreadable"),
    ("after", _WHEEL + b"junk", "NC206"),
    ("zip-in-comment", _comment(len(_WHEEL), _WHEEL), "NC206"),
    ("cut-comment", _comment(5, b"hel"), "NC206"),
    ("members", _patch("<H", (_END + 10, 3)), "NC206"),
    ("disks", _patch("<H", (_END + 4, 1)), "NC206"),
    ("signature-as-disks", _patch("<4s", (_END + 4, b"PK\5\6")), "NC206"),
    ("hidden", _hidden(), "NC206"),
    ("offset", _patch("<L", (_CENTRAL + 42, 3)), "NC206"),
    ("offset-far", _patch("<L", (_CENTRAL + 42, len(_WHEEL))), "NC206"),
    ("other-name", _WHEEL.replace(b"myproject/a", b"myproject/b", 1), "NC206"),
    ("other-checksum", _patch("<L", (14, 1)), "NC206"),
    ("other-size", _patch("<L", (22, 5)), "NC206"),
    ("encrypted", _patch("<H", (6, 1), (_CENTRAL + 8, 1)), "NC206"),
    ("encrypted-here", _patch("<H", (6, 1)), "NC206"),
    ("unknown-method", _patch("<H", (8, 99), (_CENTRAL + 10, 99)), "NC206"),
    ("other-method", _patch("<H", (8, 8)), "NC206"),
    ("twice", _TWICE),
    ("twice-different", _twice_different(), "NC205"),
)
# "unreadable": zipfile cannot read it either.
ZIPS = tuple(WheelRow(f"z-{name}", content, frozenset(rejects)) for name, content, *rejects in _ZIPS)
