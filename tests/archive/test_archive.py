"""Finished archives, good and bad, read as the command and the build read them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
import tracemalloc
import zipfile
import zlib

import badarchives
import pytest
from badarchives import BASE, CASES, PKG_INFO, ROOT, WHEELS, Case, Entry, case, file, folder, hard, sym

from hatch_nocache.archive import UnreadableArchive, inspect, reading, stream, verify
from hatch_nocache.caches.tag import SIGNATURE

NAMES = frozenset(entry.name for entry in BASE if entry.name != "PKG-INFO")
GOOD = case("good")


@pytest.fixture
def write(tmp_path):
    """Return a function that writes bytes, or a case as an sdist, and returns the path."""

    def write(content, name="myproject-1.0.1.tar.gz"):
        path = tmp_path / name
        path.write_bytes(content.sdist() if isinstance(content, Case) else content)
        return str(path)

    return write


def wheel(*members, mode=None):
    """Return a zip file of names, or of (name, content)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            name, content = member if isinstance(member, tuple) else (member, b"x")
            info = zipfile.ZipInfo(name)
            info.external_attr = (mode or 0o100644) << 16
            archive.writestr(info, content)
    return out.getvalue()


def codes(findings, rejected=True):
    """Return the codes of the findings that are rejected, or of those that are not."""
    return {finding.code for finding in findings if finding.rejected is rejected}


# -- the table of bad archives ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", CASES, ids=lambda row: row.id)
def test_every_row_of_the_table(row, write):
    """The codes that it must have, and no others."""
    path = write(row)
    if row.unreadable:
        with pytest.raises(UnreadableArchive):
            inspect(path)
        return
    report = inspect(path)
    assert codes(report.findings) == row.rejects
    assert codes(report.findings, rejected=False) == row.notices


@pytest.mark.parametrize("row", CASES, ids=lambda row: row.id)
def test_verify_finds_what_inspect_finds(row, write):
    """With every name expected, the short way must not lead past a flaw."""
    path = write(row)
    names = {entry.full[len(ROOT) + 1 :] for entry in row.all_entries()}
    if row.unreadable:
        with pytest.raises(UnreadableArchive):
            verify(path, names)
        return
    assert codes(verify(path, names)) == row.rejects
    assert codes(verify(path, None)) == row.rejects


@pytest.mark.parametrize("row", WHEELS, ids=lambda row: row.id)
def test_every_row_of_the_table_of_wheels(row, write):
    """The codes that it must have, and no others."""
    path = write(badarchives.wheel(row.names), "a.whl")
    assert codes(inspect(path).findings) == row.rejects
    assert codes(verify(path, set(row.names))) == row.rejects


def test_the_tables_have_no_two_rows_of_one_name():
    """A row that hides another would not be missed."""
    rows = [row.id for row in (*CASES, *WHEELS)]
    assert len(set(rows)) == len(rows)


# -- what is said of a good one ---------------------------------------------------------------------------------------


def test_report_of_a_good_sdist(write):
    """Kind, root, members and bytes."""
    report = inspect(write(GOOD))
    assert (report.kind, report.root, report.members) == ("sdist", ROOT, len(BASE))
    assert report.size == sum(len(entry.data) for entry in BASE)
    assert report.findings == ()
    assert report.more == 0


def test_report_of_a_good_wheel(write):
    """A wheel has no root."""
    report = inspect(write(wheel("a/__init__.py", "a-1.dist-info/RECORD"), "a-1-py3-none-any.whl"))
    assert (report.kind, report.root, report.members, report.size) == ("wheel", "", 2, 2)
    assert report.findings == ()


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [
        (".tgz", gzip.compress),
        (".tar.bz2", bz2.compress),
        (".tar.xz", lzma.compress),
        (".tar", lambda tar: tar),
        (".tar.gz", lambda tar: gzip.compress(tar[:1024]) + gzip.compress(tar[1024:])),
    ],
)
def test_every_compression(suffix, pack, write):
    """What a file is tells its content, not its name."""
    row = case("bad", sym("l", "/x"))
    assert codes(inspect(write(pack(row.tar()), f"a{suffix}")).findings) == {"NC101"}
    assert codes(inspect(write(pack(GOOD.tar()), f"b{suffix}")).findings) == set()


def test_a_zip_sdist(write):
    """It has a root as an sdist and names as a wheel; a link in it is unpacked as a file, by everyone."""
    report = inspect(write(wheel("p/a", "q/b", "p/a:b", "p/a\u202eb"), "p-1.zip"))
    assert (report.kind, report.root) == ("sdist", "p")
    assert [(each.code, each.path) for each in report.findings] == [("NC202", "q/b"), ("NC203", "a\u202eb")]
    assert inspect(write(wheel(("p/l", "/etc"), mode=0o120777), "p-2.zip")).findings == ()


def test_wheels_with_flaws(write):
    """Outside, a name, a collision, and an absolute name."""
    content = wheel("a/x", "../b", "a\nb", "a/x/y", "/c")
    found = [(each.code, each.path) for each in inspect(write(content, "a.whl")).findings]
    assert found == [("NC202", "../b"), ("NC203", "a\nb"), ("NC205", "a/x/y"), ("NC202", "/c")]
    assert {each.code for each in verify(write(content, "a.whl"), {"a/x"})} == {"NC202", "NC203", "NC205"}


def test_wheel_names_in_other_encodings(write):
    """Without the flag the bytes must still be UTF-8; with it they must be too, or nobody can read them."""
    plain = wheel("a/xx")
    assert codes(inspect(write(plain.replace(b"a/xx", b"a/\xff\xfe"), "a.whl")).findings) == {"NC203"}
    assert codes(inspect(write(plain.replace(b"a/xx", "a/\u00e9".encode()), "a.whl")).findings) == set()
    flagged = wheel("a/\u00e9").replace("a/\u00e9".encode(), b"a/\xff\xfe")
    with pytest.raises(UnreadableArchive, match="UTF-8"):
        inspect(write(flagged, "a.whl"))


# -- caches and environments ------------------------------------------------------------------------------------------

TAG = file(".cache/tool/CACHEDIR.TAG", SIGNATURE + b"\n# more")
CACHE = (TAG, file(".cache/tool/a/b", b"12345"), sym(".cache/tool/a/l", "b"), folder(".cache/tool/empty"))


def test_a_cache_is_one_finding(write):
    """At its top directory, with the count of files and links, and the bytes."""
    finding = inspect(write(case("cache", *CACHE))).findings[0]
    assert (finding.code, finding.path, finding.count, finding.size) == ("NC001", ".cache/tool/", 3, len(TAG.data) + 5)
    assert finding.rejected


def test_a_cache_in_a_wheel(write):
    """The heads of zip members are read as well."""
    content = wheel(("a/.cache/CACHEDIR.TAG", SIGNATURE), "a/.cache/x")
    assert [(each.code, each.path) for each in inspect(write(content, "a.whl")).findings] == [("NC001", "a/.cache/")]


def test_an_environment_without_its_configuration(write):
    """In an archive `lib/pythonX.Y/site-packages` is enough."""
    entries = [file(f"venv/lib/python3.9/site-packages/{name}") for name in ("pip/__init__.py", "setuptools/x.py")]
    assert [(f.code, f.path) for f in inspect(write(case("venv", *entries))).findings] == [("NC004", "venv/")]


def test_the_data_of_a_wheel_is_no_environment(write):
    """It looks like one because it is unpacked over one."""
    names = [f"a-1.data/data/lib/python3.9/site-packages/{name}" for name in ("pip/__init__.py", "setuptools/x.py")]
    assert inspect(write(wheel(*names), "a.whl")).findings == ()
    assert codes(inspect(write(wheel(*(name.replace(".data/", ".d/") for name in names)), "a.whl")).findings)


def test_a_hard_linked_tag(write):
    """Uv links the files of its cache; the link has the content of its target."""
    entries = (TAG, hard("b/CACHEDIR.TAG", f"{ROOT}/{TAG.name}"), file("b/x"), hard("c/CACHEDIR.TAG", f"{ROOT}/b/x"))
    assert [finding.path for finding in inspect(write(case("hard", *entries))).findings] == [".cache/tool/", "b/"]


def test_the_last_member_of_a_name_counts(write):
    """A tag that is replaced by an empty file is no tag."""
    assert inspect(write(case("twice", TAG, file(TAG.name, b"")))).findings == ()
    assert inspect(write(case("twice", file(TAG.name, b""), TAG))).findings


@pytest.mark.parametrize("size", [511, 512, 513, 1024])
def test_heads_of_every_size(size, write):
    """Reading a head must not lead tarfile astray, wherever the block ends."""
    entries = (file("c/CACHEDIR.TAG", SIGNATURE.ljust(size, b"#")), sym("c/l", "/x"))
    assert codes(inspect(write(case("head", *entries))).findings) == {"NC001", "NC101"}


def test_heads_are_bounded(write, monkeypatch):
    """Beyond the limit a directory is no longer recognised by a head, but the members are judged."""
    monkeypatch.setattr(reading, "_MOST_HEADS", 1)
    entries = [file(f"{name}/CACHEDIR.TAG", SIGNATURE) for name in "ab"]
    report = inspect(write(case("heads", *entries, sym("c", "/x"))))
    assert [(each.code, each.path) for each in report.findings] == [("NC001", "a/"), ("NC101", "c")]


# -- verify -----------------------------------------------------------------------------------------------------------


def test_verify_leaves_alone_what_was_judged_before(write):
    """The user has named it; installers' rules hold all the same."""
    path = write(case("cache", *CACHE))
    names = NAMES | {entry.name for entry in CACHE}
    assert verify(path, names) == ()
    assert codes(verify(path, NAMES)) == {"NC001"}
    assert codes(verify(path, None)) == {"NC001"}
    assert codes(verify(write(case("bad", *CACHE, sym(".cache/tool/x", "/x"))), names)) == {"NC101"}


def test_what_need_not_have_a_root(write):
    """The artifact of another target may be laid out as its builder likes; what leaves it is found all the same."""
    flat = (file("a", bare=True), file("b/c", bare=True), sym("l", "b/c", bare=True))
    assert verify(write(case("flat", *flat, bare=True)), frozenset(), rooted=False) == ()
    assert codes(verify(write(case("flat", *flat, bare=True)), frozenset())) == {"NC202"}
    bad = (*flat, sym("b/m", "../../x", bare=True), hard("h", "/etc/passwd", bare=True), file("../y", bare=True))
    assert codes(verify(write(case("bad", *bad, bare=True)), {"a"}, rooted=False)) == {"NC102", "NC202", "NC204"}


# -- what cannot be read ----------------------------------------------------------------------------------------------


def unreadable(path):
    """Return the reason why the archive cannot be read, the same one for the command and the build."""
    with pytest.raises(UnreadableArchive) as inspected:
        inspect(path)
    with pytest.raises(UnreadableArchive) as verified:
        verify(path, NAMES)
    assert str(inspected.value)
    assert "\n" not in str(inspected.value) + str(verified.value)
    assert not os.path.exists("core")
    return str(inspected.value)


def too_much(path):
    """Return the reason why the command leaves the archive alone. Whoever built it knows how large it is."""
    with pytest.raises(UnreadableArchive) as inspected:
        inspect(path)
    verify(path, None, rooted=not path.endswith(".whl"))
    return str(inspected.value)


@pytest.mark.parametrize("name", ["a.tar.gz", "a.whl", "a.zip", "a.tar"])
@pytest.mark.parametrize(
    "content", [b"", b"no archive", b"\x1f\x8b", b"PK", b"PK\3\4", b"PK\5\6", bytes(2048), b"BZh9"]
)
def test_not_an_archive(name, content, write):
    """Whatever it is called, and whatever it begins with."""
    unreadable(write(content, name))


def test_not_there(tmp_path):
    """A path that does not exist, and a directory."""
    assert "No such file" in unreadable(str(tmp_path / "no.tar.gz"))
    assert ("denied" if os.name == "nt" else "directory") in unreadable(str(tmp_path))
    assert "No such file" in unreadable(str(tmp_path / "no.whl"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_not_allowed(write):
    """A file that may not be read."""
    path = write(GOOD)
    os.chmod(path, 0)
    assert "denied" in unreadable(path)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, bytes], ids=lambda pack: pack.__module__)
def test_truncated(share, pack, write):
    """Cut anywhere, in any compression and in none."""
    whole = pack(case("big", file("big", os.urandom(20000))).tar())
    unreadable(write(whole[: int(len(whole) * share)], "a.tar.gz"))


def test_truncated_wheel(write):
    """The list of members is at the end."""
    content = wheel("a", "b")
    unreadable(write(content[: len(content) - 30], "a.whl"))


def test_damaged_compression(write):
    """A wrong checksum at the very end, and damage in the middle."""
    content = bytearray(GOOD.sdist())
    content[-8] ^= 0xFF
    assert "CRC" in unreadable(write(bytes(content)))
    content = bytearray(case("long end", tail=bytes(1024**2)).sdist())
    content[-8] ^= 0xFF
    assert "CRC" in unreadable(write(bytes(content)))
    content = bytearray(lzma.compress(GOOD.tar()))
    content[len(content) // 2] ^= 0xFF
    unreadable(write(bytes(content)))
    content = bytearray(gzip.compress(GOOD.tar()))
    content[12:20] = b"\xff" * 8
    unreadable(write(bytes(content)))


def test_a_bomb(write, monkeypatch):
    """It stops at the limit, and says it; but whoever built the archive knows how large it is."""
    monkeypatch.setattr(reading, "MOST_BYTES", 10**6)
    path = write(case("bomb", file("a", bytes(2 * 10**6))))
    assert "1,000,000" in too_much(path)
    assert verify(path, NAMES) == ()


def test_an_uncompressed_archive_is_no_bomb(write, monkeypatch):
    """Its size is there for all to see."""
    monkeypatch.setattr(reading, "MOST_BYTES", 1000)
    assert inspect(write(GOOD.tar(), "a.tar")).findings == ()


def test_a_header_that_asks_for_too_much(write):
    """TarFile would read the records of a PAX header into memory, however many they are."""
    huge = Entry("h", bytes(3 * 1024**2), type=tarfile.XHDTYPE)
    assert "3145728" in unreadable(write(case("pax", huge)))


@pytest.mark.parametrize("size", [b"\xfc\x00", b"\xff\x00"])
def test_a_header_that_leads_back(size, write):
    """A negative size must not lead to a walk in circles."""
    block = bytearray(Entry("a").blocks())
    block[124:136] = b"\xff" * 10 + size
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    unreadable(write(b"".join(entry.blocks() for entry in BASE) + bytes(block) + bytes(1024), "a.tar"))


def test_a_stream_goes_forward_only(write):
    """Going back would mean to decompress from the beginning, again and again."""
    with stream.Stream(write(GOOD), stream.MOST_BYTES) as file_:
        assert file_.seek(600) == file_.tell() == 600
        with pytest.raises(UnreadableArchive, match="leads back"):
            file_.seek(599)
        with pytest.raises(UnreadableArchive, match="-1 bytes"):
            file_.read(-1)
        assert file_.seek(10**9) == len(GOOD.tar())


def test_a_zip_without_members(write):
    """There is nothing to judge."""
    assert "nothing in it" in unreadable(write(wheel(), "a.whl"))


def test_headers_without_end(write):
    """One PAX header after the other makes tarfile recurse."""
    record = b"11 path=ab\n"
    unreadable(write(Entry("h", record, type=tarfile.XHDTYPE).blocks() * 5000 + bytes(1024), "a.tar"))


def test_sparse_members(write):
    """They are special: uv from 0.13 refuses them."""
    pax = (("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", f"{ROOT}/s"))
    row = case("sparse", file("data/s", b"0\n".ljust(512, b"\0"), pax=(*pax, ("GNU.sparse.realsize", "0"))))
    assert codes(inspect(write(row)).findings) == {"NC201"}


def test_too_many_members(write, monkeypatch):
    """There is an end to what is kept in memory."""
    monkeypatch.setattr(reading, "MOST_MEMBERS", 3)
    assert "absurdly many" in too_much(write(case("many", sym("data/l", "real.txt"))))


def test_too_many_directories(write, monkeypatch):
    """One member with a long name makes very many."""
    monkeypatch.setattr(reading, "_MOST_FOLDERS", 1000)
    assert inspect(write(case("deep", file("d/" * 990 + "a")))).members == len(BASE) + 1
    assert "absurdly many" in too_much(write(case("deep", file("d/" * 1000 + "a"), file("b"))))


def test_a_cache_below_very_many_directories(write):
    """The way down is no recursion."""
    name = "d/" * 1500
    finding = inspect(write(case("deep", file(f"{name}c/CACHEDIR.TAG", SIGNATURE)))).findings[0]
    assert finding.path == f"{name}c/"


@pytest.mark.parametrize("comment", [b"", b"c" * 65535])
@pytest.mark.parametrize("zip64", [False, True])
def test_a_list_of_members_that_is_too_long(zip64, comment, write, monkeypatch):
    """Before zipfile reads it into memory."""
    content = wheel(*(f"a{number}" for number in range(100)))
    if zip64:
        start, size = content.rfind(b"PK\5\6"), struct.unpack_from("<L", content, content.rfind(b"PK\5\6") + 12)[0]
        record = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 100, 100, size, start - size)
        end = struct.pack("<4s4HLLH", b"PK\5\6", 0, 0, 100, 100, 0, start - size, 0)
        content = content[:start] + record + struct.pack("<4sLQL", b"PK\6\7", 0, start, 1) + end
    path = write(content[:-2] + struct.pack("<H", len(comment)) + comment, "a.whl")
    assert inspect(path).members == 100
    monkeypatch.setattr(reading, "MOST_DIRECTORY", 1000)
    assert "1,000 bytes" in too_much(path)


def test_a_wheel_whose_heads_cannot_be_read(write):
    """Encrypted or damaged content is no reason not to judge the names."""
    content = wheel(("a/CACHEDIR.TAG", SIGNATURE), ("b/CACHEDIR.TAG", SIGNATURE))
    start = content.find(zlib.compress(SIGNATURE)[2:10])
    broken = content[:start] + b"\xff" * 8 + content[start + 8 :]
    assert [each.path for each in inspect(write(broken, "a.whl")).findings] == ["b/"]


def test_a_local_name_that_differs(write):
    """Zipfile compares the two names of a member when it opens it, and nothing is opened but heads."""
    content = wheel(("a/CACHEDIR.TAG", SIGNATURE)).replace(b"a/CACHEDIR.TAG", b"b/CACHEDIR.TAG", 1)
    assert inspect(write(content, "a.whl")).findings == ()


# -- very many --------------------------------------------------------------------------------------------------------


def test_memory_for_many_members(write):
    """What is kept of a member is its name: some 200 bytes, not the kilobytes of a TarInfo."""
    number = 30_000
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1) as file_:
        template = bytearray(Entry("d/00000000").blocks())
        for count in range(number):
            name = f"{ROOT}/{count // 1000:04}/{count:08}".encode()
            template[: len(name)] = name
            template[148:156] = b" " * 8
            template[148:156] = b"%06o\0 " % sum(template)
            file_.write(template)
        file_.write(bytes(1024))
    path = write(out.getvalue())
    tracemalloc.start()
    try:
        assert inspect(path).members == number
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 400 * number + 3 * 1024**2


def test_metadata_that_hatchling_adds_is_expected(write):
    """Whether once or twice."""
    assert verify(write(case("twice", file("PKG-INFO", PKG_INFO))), NAMES) == ()
