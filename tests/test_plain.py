"""The short way of `verify`: it passes nothing that the judge would not pass, and all that is plain."""

from __future__ import annotations

import dataclasses
import gzip
import io
import tarfile
import zipfile
from typing import AbstractSet, Callable, Union

import pytest
from badarchives import BASE, CASES, ROOT, WHEELS, Case, Entry, case, file, folder, hard, sym
from badarchives import wheel as made_wheel

from hatch_nocache.archive import UnreadableArchive, plain, reading, verify

NAMES = frozenset(entry.name for entry in BASE)
GOOD = case("good")
LONG = "n" * 120
Write = Callable[[Union[bytes, Case], str], str]


@pytest.fixture
def write(tmp_path) -> Write:
    def write(content: Union[bytes, Case], name: str = "myproject-1.0.1.tar.gz") -> str:
        path = tmp_path / name
        path.write_bytes(content.sdist() if isinstance(content, Case) else content)
        return str(path)

    return write


def is_plain(path: str, names: AbstractSet[str]) -> bool:
    return plain.is_plain(path, names, rooted=not path.endswith(".whl"))


def every_name(row: Case) -> AbstractSet[str]:
    """Whatever a member is called, below the root or not."""
    full = {entry.full for entry in row.all_entries()}
    return full | {name.split("/", 1)[-1] for name in full} | {name.rstrip("/") for name in full}


# --- What it passes ---------------------------------------------------------------------------------------------------

PLAIN = {
    "good": GOOD,
    "long name": case("p", file("data/" + LONG)),
    "two long names": case("p", file("data/" + LONG), file("data/b" + LONG, b"x" * 600)),
    "no ASCII": case("p", file("data/naïve-日本.txt")),
    "large": case("p", file("data/large", bytes(700_000)), file("data/z")),
    "at the top": case("p", file("added.txt")),
    "twice": case("p", file("data/real.txt", b"again")),
}


@pytest.mark.parametrize("row", PLAIN.values(), ids=PLAIN)
def test_plain_sdists(row, write, monkeypatch):
    """They never come to the judge."""
    monkeypatch.setattr(reading, "_judge", None)
    assert verify(write(row), every_name(row) - {"added.txt"}) == ()


def wheel(*names: str, **options: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.create_system = 3  # on every system, so that the bytes are the same
            for key, value in options.items():
                setattr(info, key, value)
            archive.writestr(info, "x")
    return out.getvalue()


def test_plain_wheel(write, monkeypatch):
    """Neither do wheels."""
    monkeypatch.setattr(reading, "_judge", None)
    path = write(wheel("demo/a.py", "demo/b/c.py", "_demo.pth"), "demo-1.0-py3-none-any.whl")
    assert verify(path, {"demo/a.py", "demo/b/c.py"}, rooted=False) == ()


@pytest.mark.parametrize("row", CASES, ids=lambda row: row.id)
def test_what_it_passes_the_judge_passes(row, write):
    """For the whole table of sdists, even if each name was let through."""
    names = every_name(row)
    path = write(row)
    if is_plain(path, names):
        assert not row.unreadable
        assert [each for each in reading.verify(path, names, rooted=True) if each.rejected] == []
        assert not row.rejects


@pytest.mark.parametrize("row", WHEELS, ids=lambda row: row.id)
def test_what_it_passes_of_wheels_the_judge_passes(row, write):
    """The same for the table of wheels."""
    path = write(made_wheel(row.names), "myproject-1.0.1-py3-none-any.whl")
    with zipfile.ZipFile(path) as archive:
        names = {info.orig_filename for info in archive.filelist}
    if is_plain(path, names):
        assert [each for each in reading.verify(path, names, rooted=False) if each.rejected] == []


# --- What it leaves to the judge --------------------------------------------------------------------------------------

DOUBTS = {
    "not expected": case("d", file("x/x")),
    "link": case("d", sym("a", "data/real.txt")),
    "hard link": case("d", hard("a", f"{ROOT}/data/real.txt")),
    "directory": case("d", folder("a")),
    "time in a PAX record": case("d", file("a", pax=(("mtime", "1.5"),))),
    "other record beside a long name": case("d", file("data/" + LONG, pax=(("comment", "x"),))),
    "very long name": case("d", file("/".join([LONG] * 40))),
    "name in two parts": case("d", file("d" * 90 + "/" + "n" * 90, format=tarfile.USTAR_FORMAT)),
    "old header": case("d", *BASE, file("a", format=tarfile.GNU_FORMAT), bare=True),
    "odd name": case("d", file("a:b")),
    "not UTF-8": case("d", file("a\udc80")),
    "dot": case("d", file("./a")),
    "double slash": case("d", file("a//b")),
    "newline": case("d", file("a\nb")),
    "file and directory": case("d", file("a"), file("a/b")),
    "file and deep directory": case("d", file("a"), file("a/b/c/d")),
    "second root": case("d", file("x/a", bare=True)),
    "no root": case("d", file("a", bare=True), bare=True),
    "dot for root": case("d", file("./a", bare=True), bare=True),
    "dots for root": case("d", file("../a", bare=True), bare=True),
    "empty": case("d", bare=True),
    "two long names for one member": case(
        "d", Entry("h", b"16 path=r/a/bcd\n", type=tarfile.XHDTYPE), file("data/" + LONG)
    ),
    "a long name for nothing": case("d", Entry("h", b"16 path=r/a/bcd\n", type=tarfile.XHDTYPE)),
    "wrong length of a record": case("d", Entry("h", b"15 path=r/a/bcd\n", type=tarfile.XHDTYPE), file("a")),
    "large record": case("d", Entry("h", b"16 path=r/a/bcd\n" * 1000, type=tarfile.XHDTYPE), file("a")),
    "no end": case("d", tail=bytes(512)),
    "something after the end": case("d", tail=bytes(512) + b"x" * 512),
}


@pytest.mark.parametrize("row", DOUBTS.values(), ids=DOUBTS)
def test_doubts(row, write):
    """Whatever is not as plain as can be, although its name is expected."""
    assert is_plain(write(row), every_name(row) - {"x/x"}) is False


def rooted(top: str) -> bytes:
    """The good sdist with another top directory."""
    entries = [dataclasses.replace(entry, name=f"{top}/{entry.name}", bare=True) for entry in BASE]
    return case("d", *entries, bare=True).sdist()


@pytest.mark.parametrize("top", ["", "a:b", "a\\b", "a\x1b", "a\n", "a\udc80", "a ", "n" * 300, "."])
def test_doubts_about_the_top_directory(top, write):
    """Its name is part of every name."""
    assert is_plain(write(rooted("other-1.0")), NAMES) is True
    assert is_plain(write(rooted(top)), NAMES) is False


@pytest.mark.parametrize("at", [100, 108, 116, 136, 329, 337])
def test_fields_that_hold_no_number(at, write):
    """Tarfile stops there in silence, as if it were the end."""
    tar = bytearray(GOOD.tar())
    tar[at] = ord("x")
    tar[148:156] = b"        "
    tar[148:156] = b"%06o\0 " % sum(tar[:512])
    assert is_plain(write(gzip.compress(bytes(tar))), NAMES) is False


@pytest.mark.parametrize("at", [0, 100, 124, 135, 148, 155, 156, 200, 257, 263, 345])
def test_every_header_is_checked(at, write):
    """One wrong byte, with and without the checksum that it should have."""
    tar = bytearray(GOOD.tar())
    before = tar[at]
    tar[at] = ord("x")
    if at >= 124:
        assert is_plain(write(gzip.compress(bytes(tar))), NAMES) is False
    if not 148 <= at < 156:
        written = int(tar[148:154], 8) + ord("x") - before
        tar[148:154] = f"{written:06o}".encode()
    assert is_plain(write(gzip.compress(bytes(tar))), NAMES) is False


@pytest.mark.parametrize("size", [b"00000000008\0", b"0000000000 \0", b"00000000000 ", b"-0000000001\0"])
def test_every_size_is_a_number(size, write):
    """Eight digits make an octal number."""
    tar = bytearray(GOOD.tar())
    tar[124:136] = size
    tar[148:156] = b"        "
    tar[148:156] = b"%06o\0 " % sum(tar[:512])
    assert is_plain(write(gzip.compress(bytes(tar))), NAMES) is False


@pytest.mark.parametrize("cut", [1, 9, 200])
def test_truncated(cut, write):
    """The end of the compressed file is read, too."""
    path = write(GOOD.sdist()[:-cut])
    assert is_plain(path, NAMES) is False
    with pytest.raises(UnreadableArchive, match="truncated"):
        verify(path, NAMES)


def test_checksum_of_the_compressed_file(write):
    """The same for the checksum there."""
    content = bytearray(GOOD.sdist())
    content[-8] ^= 1
    path = write(bytes(content))
    assert is_plain(path, NAMES) is False
    with pytest.raises(UnreadableArchive, match="CRC"):
        verify(path, NAMES)


def test_many_members(write, monkeypatch):
    """It gives up on an archive that holds far more than was chosen."""
    monkeypatch.setattr(plain, "_MORE", -len(NAMES))
    assert is_plain(write(GOOD), NAMES) is False


def test_other_formats(write):
    """What is not compressed as Hatchling does it, and what is a zip file where a tar archive should be."""
    assert is_plain(write(GOOD.tar(), "a.tar"), NAMES) is False
    assert is_plain(write(wheel("r/a.py"), "a.tar.gz"), {"a.py"}) is False
    assert is_plain(write(GOOD.sdist(), "a.whl"), NAMES) is False


ONE = wheel("demo/a.py")
TWO = wheel("demo/a.py", "demo/b.py")
BAD_WHEELS = {
    "not expected": wheel("demo/c.py"),
    "odd name": wheel("demo/a:b"),
    "name that is not ASCII": wheel("demo/ä.py"),
    "name that is called ASCII and is not": ONE.replace(b"demo/a.py", b"demo/\xe4.py"),
    "directory": wheel("demo/"),
    "file and directory": wheel("demo", "demo/a.py"),
    "outside": wheel("../a.py"),
    "encrypted": ONE.replace(b"PK\1\2\x14\x03\x14\0\0\0", b"PK\1\2\x14\x03\x14\0\1\0"),
    "comment": ONE[:-2] + b"\1\0x",
    "something in front": b"PK\3\4" + ONE,
    "something behind": ONE + b"x",
    "other count": TWO[:-14] + b"\1\0\1\0" + TWO[-10:],
    "other counts": TWO[:-14] + b"\2\0\1\0" + TWO[-10:],
    "another entry": ONE.replace(b"PK\1\2", b"PK\1\3"),
    "cut": ONE[:-1],
    "very short": b"PK\3\4",
    "many": ONE[:-14] + b"\xff\xff\xff\xff" + ONE[-10:],
    "nothing": wheel(),
    "comment of an entry": wheel("demo/a.py", comment=b"PK"),
    "extra field": wheel("demo/a.py", extra=b"\x99\x99\0\0"),
}


@pytest.mark.parametrize("content", BAD_WHEELS.values(), ids=BAD_WHEELS)
def test_doubts_about_wheels(content, write):
    """Whatever is not as plain as can be."""
    names = {"demo/a.py", "demo/b.py", "demo/a:b", "demo", "demo/", "../a.py", "demo/ä.py"}
    assert is_plain(write(content, "demo-1.0-py3-none-any.whl"), names) is False
