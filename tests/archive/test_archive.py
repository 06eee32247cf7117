"""Finished archives, good and bad, as the command and the build read them."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import os
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib

import pytest
from badarchives import BASE, CASES, PYPROJECT, ROOT, WHEELS, ZIPS, Case, Entry, case, file, folder, hard, sym, zip64

from hatch_nocache import archive
from hatch_nocache.archive import UnreadableArchive, check, inspect, reader
from hatch_nocache.caches.detect import SIGNATURE

SDIST, WHEEL = f"{ROOT}.tar.gz", "myproject-1.0.1-py3-none-any.whl"
NAMES = frozenset(entry.name for entry in BASE if entry.name != "PKG-INFO")
GOOD = case("good")


@pytest.fixture
def write(tmp_path):
    """Return a function that writes bytes, or a case as an sdist, and returns the path."""

    def write(content, name=SDIST):
        path = tmp_path / name
        path.write_bytes(content.sdist() if isinstance(content, Case) else content)
        return str(path)

    return write


def verify(path, expected=frozenset(), rooted=True):
    """Return the findings in an archive that this build has written."""
    return inspect(path, expected, rooted=rooted).findings


def zipped(*members, mode=0o100644):
    """Return a zip file of names, or of (name, content)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        for member in members:
            name, content = member if isinstance(member, tuple) else (member, b"x")
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            written.writestr(info, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@contextlib.contextmanager
def memory_below(limit):
    tracemalloc = pytest.importorskip("tracemalloc")  # not in PyPy
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < limit
    finally:
        tracemalloc.stop()


def codes(findings, rejected=True):
    """Return the codes of the findings that are rejected, or of those that are not."""
    return {finding.code for finding in findings if finding.is_rejected is rejected}


def places(findings):
    return [(finding.code, finding.path) for finding in findings]


def unreadable(path):
    """Return why the archive cannot be read; the command and the build agree that it cannot."""
    with pytest.raises(UnreadableArchive) as inspected:
        inspect(path)
    with pytest.raises(UnreadableArchive) as verified:
        verify(path, NAMES)
    assert "\n" not in str(inspected.value) + str(verified.value)
    assert str(inspected.value)
    return str(inspected.value)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row.id)
def test_sdists_of_the_table(row, write):
    path = write(row)
    if row.unreadable:
        assert unreadable(path)
        return
    names = {entry.full[len(ROOT) + 1 :] for entry in row.all_entries()}
    findings = inspect(path).findings
    assert codes(findings) == codes(verify(path, names)) == codes(verify(path)) == row.rejects
    assert codes(findings, rejected=False) == row.notices


@pytest.mark.parametrize("row", [*WHEELS, *ZIPS], ids=lambda row: row.id)
def test_wheels_of_the_table(row, write):
    path = write(row.content, WHEEL)
    if row.rejects == {"unreadable"}:
        assert unreadable(path)
        return
    assert codes(inspect(path).findings) == codes(verify(path, set(row.names))) == codes(verify(path)) == row.rejects


def test_reports_of_good_archives(write):
    report = inspect(write(GOOD))
    assert report == ("sdist", ROOT, len(BASE), sum(len(entry.data) for entry in BASE), (), 0)
    report = inspect(write(zipped("a/__init__.py", "a-1.dist-info/RECORD"), WHEEL))
    assert report == ("wheel", "", 2, 2, (), 0)


def test_every_compression_is_read(write):
    """Only gzip is accepted by uv from 0.12."""
    for suffix, pack, found in (
        (".tgz", gzip.compress, set()),
        (".tar", lambda tar: tar, set()),
        (".tar.gz", lambda tar: gzip.compress(tar[:1024]) + gzip.compress(tar[1024:]), set()),
        (".tar.bz2", bz2.compress, {"NC203"}),
        (".tar.xz", lzma.compress, {"NC203"}),
    ):
        findings = inspect(write(pack(case("bad", sym("l", "/x")).tar()), f"a-1{suffix}")).findings
        assert codes(findings) == {"NC101", *found}
        assert {each.path for each in findings if each.code == "NC203"} == ({f"a-1{suffix}"} if found else set())


def test_a_zip_sdist(write):
    """It has a root like an sdist and names like a wheel. Everyone unpacks a symlink in it as a file."""
    report = inspect(write(zipped("p/a", "q/b", "p/a:b", "p/a\u202eb"), "p-1.zip"))
    assert (report.kind, report.root) == ("sdist", "p")
    assert places(report.findings) == [("NC202", "q/b"), ("NC203", "a\u202eb")]
    assert inspect(write(zipped(("p/l", "/etc"), mode=0o120777), "p-2.zip")).findings == ()
    assert places(inspect(write(zipped("p/a"), "p-3.tar.gz")).findings) == [("NC206", "p-3.tar.gz")]


def test_names_that_are_not_utf8(write):
    """Without the flag for UTF-8 the bytes must still be UTF-8; with the flag nobody can read others."""
    plain = zipped("a/xx")
    assert codes(inspect(write(plain.replace(b"a/xx", b"a/\xff\xfe"), WHEEL)).findings) == {"NC203"}
    assert codes(inspect(write(plain.replace(b"a/xx", "a/\u00e9".encode()), WHEEL)).findings) == set()
    flagged = zipped("a/\u00e9").replace("a/\u00e9".encode(), b"a/\xff\xfe")
    assert "utf-8" in unreadable(write(flagged, WHEEL))


def test_who_refuses_a_time(write):
    """One that does not fit into `time_t` cannot be set by pip either."""
    for value, installers in (("nan", ("pip", "uv 0.13+", "build")), ("-1", ("uv 0.13+",))):
        (finding,) = inspect(write(case("time", file("a", pax=(("mtime", value),))))).findings
        assert finding.installers == installers


# -- Caches and environments -------------------------------------------------------------------------------------------

TAG = file(".cache/tool/CACHEDIR.TAG", SIGNATURE + b"\n# more")
CACHE = (TAG, file(".cache/tool/a/b", b"12345"), sym(".cache/tool/a/l", "b"), folder(".cache/tool/empty"))


def test_a_cache_is_one_finding(write):
    """At its top directory, with the number of files and symlinks, and their bytes."""
    (finding,) = inspect(write(case("cache", *CACHE))).findings
    assert (finding.code, finding.path) == ("NC001", ".cache/tool/")
    assert (finding.members, finding.size) == (3, len(TAG.data) + 5)
    assert finding.is_rejected


def test_environments(write):
    """The `.data` directory of a wheel is payload."""
    venv = (
        file("venv/pyvenv.cfg", b"home = /usr/bin\n"),
        file("venv/bin/activate"),
        sym("venv/bin/python", "/usr/python"),
    )
    findings = inspect(write(case("venv", *venv))).findings
    assert places(findings) == [("NC004", "venv/"), ("NC101", "venv/bin/python")]
    members = [(f"data/{entry.name}", entry.data) for entry in venv]
    assert codes(inspect(write(zipped(*members), WHEEL)).findings) == {"NC004"}
    own = [(name.replace("data/venv", "a-1.data/data"), data) for name, data in members]
    assert inspect(write(zipped(*own), WHEEL)).findings == ()


@pytest.mark.parametrize("at", ["", "sub/"])
def test_environment_in_place(at, write):
    """`python -m venv .`: a finding for each part, none for what is in it or for the project's own files."""
    names = ("setup.py", "bin/activate", "lib/python3.9/site-packages/__pycache__/x.pyc", "src/__pycache__/x.pyc")
    entries = (file(f"{at}pyvenv.cfg", b"home = /usr/bin\n"), *(file(f"{at}{name}") for name in names))
    findings = inspect(write(case("in place", *entries))).findings
    parts = [("NC004", f"{at}{name}") for name in ("bin/activate", "lib/python3.9/", "pyvenv.cfg")]
    assert places(findings) == [*parts, ("NC003", f"{at}src/__pycache__/")]
    assert findings[0].is_environment


def test_heads_of_files(write):
    """A hard link has the head of its link target; the last member of a name counts."""
    entries = (TAG, hard("b/CACHEDIR.TAG", f"{ROOT}/{TAG.name}"), file("b/x"), hard("c/CACHEDIR.TAG", f"{ROOT}/b/x"))
    assert [each.path for each in inspect(write(case("hard", *entries))).findings] == [".cache/tool/", "b/"]
    assert inspect(write(case("twice", TAG, file(TAG.name, b"")))).findings == ()
    assert inspect(write(case("twice", file(TAG.name, b""), TAG))).findings


@pytest.mark.parametrize("size", [511, 512, 513, 1024])
def test_heads_of_every_size(size, write):
    """Reading a head must not lead tarfile astray, wherever the block ends."""
    entries = (file("c/CACHEDIR.TAG", SIGNATURE.ljust(size, b"#")), sym("c/l", "/x"))
    assert codes(inspect(write(case("head", *entries))).findings) == {"NC001", "NC101"}


# -- verify ------------------------------------------------------------------------------------------------------------


def test_verify_does_not_check_expected_members_for_caches(write):
    """The user may have named them. The rules of installers apply all the same."""
    path = write(case("cache", *CACHE))
    names = NAMES | {entry.name for entry in CACHE}
    assert verify(path, names) == ()
    assert codes(verify(path, NAMES)) == codes(verify(path)) == {"NC001"}
    assert codes(verify(write(case("bad", *CACHE, sym(".cache/tool/x", "/x"))), names)) == {"NC101"}


def test_archives_without_a_root(write):
    """Those of other targets. What leaves them is found all the same; a zipapp may have a shebang line."""
    flat = (file("a", bare=True), file("b/c", bare=True), sym("l", "b/c", bare=True))
    assert verify(write(case("flat", *flat, bare=True)), frozenset(), rooted=False) == ()
    assert codes(verify(write(case("flat", *flat, bare=True)), frozenset())) == {"NC202"}
    bad = (*flat, sym("b/m", "../../x", bare=True), hard("h", "/etc/passwd", bare=True), file("../y", bare=True))
    assert codes(verify(write(case("bad", *bad, bare=True)), {"a"}, rooted=False)) == {"NC102", "NC202", "NC204"}
    app = zipped("a") + b"#!/usr/bin/python"
    assert verify(write(app, "a.zip"), rooted=False) == ()
    assert codes(verify(write(app, "a.zip"))) == {"NC202", "NC206"}


# -- What cannot be read -----------------------------------------------------------------------------------------------


def without_bytes(value):
    """Return the part of a test's name. A compressed archive contains the time."""
    return value if isinstance(value, str) else "content"


@pytest.mark.parametrize("name", ["a.tar.gz", "a.whl", "a.zip", "a.tar"])
@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", b"\x1f\x8b", b"PK", b"PK\3\4", b"PK\5\6", bytes(2048), zipped(), zipped("a")[:-30]],
    ids=without_bytes,
)
def test_not_an_archive(name, content, write):
    unreadable(write(content, name))


def test_not_a_file(tmp_path):
    assert "No such file" in unreadable(str(tmp_path / "no.tar.gz"))
    assert "No such file" in unreadable(str(tmp_path / "no.whl"))
    assert ("denied" if os.name == "nt" else "directory") in unreadable(str(tmp_path))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize(
    ("suffix", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress), ("", bytes)]
)
def test_truncated(share, suffix, pack, write):
    whole = pack(case("big", file("big", os.urandom(20000))).tar())
    unreadable(write(whole[: int(len(whole) * share)], f"a.tar{suffix}"))


def damaged(content, at):
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        (SDIST, GOOD.sdist()[:-9], "it is truncated"),
        (SDIST, damaged(GOOD.sdist(), -8), "CRC"),
        # The checksum is behind a long tail.
        (SDIST, damaged(case("long end", tail=bytes(1024**2)).sdist(), -8), "CRC"),
        (SDIST, damaged(GOOD.sdist(), 12), "damaged"),
        ("a.tar.xz", damaged(lzma.compress(GOOD.tar()), 400), "damaged"),
        ("a.tar.zst", b"x", "Zstandard"),
        ("a.tar.gz", b"\x28\xb5\x2f\xfd", "Zstandard"),
        ("a.tar.lzma", b"x", "LZMA"),
        ("a.tar", b"\x5d\0\0\x80", "LZMA"),
        ("a.tar.Z", b"x", "compress"),
        ("a.tar.gz", b"\x1f\x9d\x90", "compress"),
        # Every installer believes these names.
        *(("a.tar.gz", pack(GOOD.tar()), "gzip") for pack in (bz2.compress, lzma.compress, bytes)),
        ("a.zip", GOOD.sdist(), "zip"),
    ],
    ids=without_bytes,
)
def test_why_it_cannot_be_read(name, content, word, write):
    assert word in unreadable(write(content, name))


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="only CPython is built without them")
def test_a_python_without_bz2_and_lzma(write, tmp_path, monkeypatch):
    """CPython built without their headers. `.tar.gz` and `.whl` work, the others say what is missing."""
    for module in ("_bz2", "_lzma", "_ctypes"):
        (tmp_path / f"{module}.py").write_text("raise ModuleNotFoundError(name=__name__)")
    script = "import sys; from hatch_nocache.archive import inspect; print(*map(inspect, sys.argv[1:]))"
    source = os.path.dirname(os.path.dirname(archive.__path__[0]))
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), source))}
    subprocess.run([sys.executable, "-c", script, write(GOOD), write(zipped("a"), WHEEL)], check=True, env=env)
    for name, pack in (("bz2", bz2.compress), ("lzma", lzma.compress)):
        monkeypatch.setitem(sys.modules, name, None)
        assert f"the module `{name}`" in unreadable(write(pack(GOOD.tar()), "a.tar"))
    assert unreadable(write(GOOD.sdist()[:-9])) == "it is truncated"


# -- Bounds ------------------------------------------------------------------------------------------------------------


def too_much(path):
    """Return why the command refuses to read the archive. The build that wrote it reads it."""
    with pytest.raises(UnreadableArchive) as inspected:
        inspect(path)
    verify(path)
    return str(inspected.value)


def test_a_bomb(write, monkeypatch):
    """The size of an uncompressed archive is plain to see."""
    monkeypatch.setattr(reader, "MAX_BYTES", 10**6)
    bomb = case("bomb", file("a", bytes(2 * 10**6)))
    assert "1,000,000" in too_much(write(bomb))
    assert inspect(write(bomb.tar(), "a.tar")).findings == ()


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_header_that_claims_a_gibibyte_and_a_half(kind, write):
    """Older versions of tarfile read it at once, newer ones in pieces."""
    huge = Entry("h", type=kind, size=3 * 1024**3 // 2)
    path = write(case("huge", huge, tail=bytes(4 * 1024**2)).tar(), "a.tar")
    with memory_below(8 * 1024**2):
        assert "a header asks for" in unreadable(path)
    with reader.TarReader(path, "", 10**9) as archive_:
        assert len(archive_.read(900_000)) == 900_000
        with pytest.raises(UnreadableArchive, match="a header asks for"):
            archive_.read(200_000)


@pytest.mark.parametrize("size", [-1024, -256])
def test_a_header_that_points_back(size, write):
    """A negative size must not lead to a walk in circles."""
    back = Entry("a", size=size, format=tarfile.GNU_FORMAT)
    unreadable(write(case("back", back).tar(), "a.tar"))


def test_tar_archives_are_read_forward_only(write):
    """Going back would mean to decompress from the beginning, again and again."""
    with reader.TarReader(write(GOOD), "gzip", reader.MAX_BYTES) as archive_:
        assert archive_.seek(600) == archive_.tell() == 600
        with pytest.raises(UnreadableArchive, match="points back"):
            archive_.seek(599)
        with pytest.raises(UnreadableArchive, match="-1 bytes"):
            archive_.read(-1)
        assert archive_.seek(10**9) == len(GOOD.tar())


def test_headers_without_end(write):
    """One PAX header after the other makes tarfile recurse."""
    record = b"11 path=ab\n"
    unreadable(write(Entry("h", record, type=tarfile.XHDTYPE).blocks() * 5000 + bytes(1024), "a.tar"))


def test_too_many_members_and_directories(write, monkeypatch):
    monkeypatch.setattr(check, "_MAX_DIRECTORIES", 1000)
    assert inspect(write(case("deep", file("d/" * 990 + "a")))).members == len(BASE) + 1
    assert "too many members" in too_much(write(case("deep", file("d/" * 1000 + "a"), file("b"))))
    monkeypatch.setattr(check, "_MAX_MEMBERS", 3)
    assert "too many members" in too_much(write(case("many", sym("data/l", "real.txt"))))


def test_a_cache_below_very_many_directories(write):
    """The way down is no recursion."""
    name = "d/" * 1500
    (finding,) = inspect(write(case("deep", file(f"{name}c/CACHEDIR.TAG", SIGNATURE)))).findings
    assert finding.path == f"{name}c/"


def test_findings_are_bounded(write):
    report = inspect(write(zipped(*(f"a{number}\n" for number in range(1010))), WHEEL))
    assert (len(report.findings), report.more) == (1000, 10)


@pytest.mark.parametrize("comment", [b"", b"c" * 65535])
@pytest.mark.parametrize("is_zip64", [False, True])
def test_a_central_directory_that_is_too_long(is_zip64, comment, write, monkeypatch):
    """Before zipfile reads it into memory."""
    content = zipped(*(f"a{number}" for number in range(100)))
    if is_zip64:
        # The size of the directory is only in the records for large files then.
        content = zip64(content)
        content = content[:-10] + bytes(4) + content[-6:]
    path = write(content[:-2] + struct.pack("<H", len(comment)) + comment, WHEEL)
    assert inspect(path)[2:5] == (100, 100, ())
    monkeypatch.setattr(reader, "MAX_DIRECTORY", 1000)
    assert "1,000 bytes" in too_much(path)


def test_a_wheel_whose_heads_cannot_be_read(write):
    """Encrypted or damaged content is no reason not to check the names."""
    content = zipped(("a/CACHEDIR.TAG", SIGNATURE), ("b/CACHEDIR.TAG", SIGNATURE))
    start = content.find(zlib.compress(SIGNATURE)[2:10])
    broken = content[:start] + b"\xff" * 8 + content[start + 8 :]
    assert [each.path for each in inspect(write(broken, WHEEL)).findings] == ["b/"]
    # A local name that is not UTF-8, and a record that would begin at the end of the file.
    named = zipped("\u00e9/CACHEDIR.TAG")
    assert codes(inspect(write(named.replace(b"CACHEDIR", b"CACHE\xc7IR", 1), WHEEL)).findings) == {"NC206"}
    at = named.index(b"PK\1\2") + 42
    moved = named[:at] + struct.pack("<L", len(named)) + named[at + 4 :]
    assert "NC206" in codes(inspect(write(moved, WHEEL)).findings)


def test_memory_for_many_members(write):
    """Some 200 bytes for each: its name, not the kilobytes of a TarInfo."""
    number = 5_000
    blocks = b"".join(Entry(f"{count // 1000:04}/{count:08}").blocks() for count in range(number))
    path = write(gzip.compress(blocks + bytes(1024), 1))
    del blocks
    with memory_below(400 * number + 1024**2):
        assert inspect(path).members == number


# -- Single members ----------------------------------------------------------------------------------------------------


def test_read_member(write):
    """The tables in an sdist's own `pyproject.toml`: a regular file directly below the root, of bounded size."""
    path = write(case("nested", file("d/hatch.toml", b"no")))
    assert archive.read_member(path, "pyproject.toml") == PYPROJECT
    assert archive.read_member(path, "hatch.toml") is None
    assert archive.read_member(write(zipped(("p/hatch.toml", b"x"), "hatch.toml"), "p-1.zip"), "hatch.toml") == b"x"
    assert archive.read_member(write(case("link", sym("hatch.toml", "pyproject.toml"))), "hatch.toml") is None
    assert archive.read_member(write(case("large", file("hatch.toml", bytes(262145)))), "hatch.toml") is None
    with pytest.raises(UnreadableArchive):
        archive.read_member(write(b"junk"), "pyproject.toml")
