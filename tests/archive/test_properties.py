"""Any members: what passes unpacks faithfully, and `inspect` and `verify` agree."""

from __future__ import annotations

import os
import tarfile
import tempfile

import pytest
from badarchives import BACKEND, ROOT, Case, Entry, file, folder, hard, sym
from hypothesis import event, given
from hypothesis import strategies as st

from hatch_nocache.archive import UnreadableArchive, inspect

_BACKEND = {}
exec(BACKEND, _BACKEND)

_PARTS = st.sampled_from(["a", "b", "c", "d e", "\u00e9"])
_ODD = st.sampled_from(["..", ".", "", "a:b", "a\\b", "x\n", "n" * 255, "n" * 256, "PKG-INFO", "t "])
_PATHS = st.lists(st.one_of(*[_PARTS] * 8, _ODD), min_size=1, max_size=3).map("/".join)
_TEXTS = st.lists(st.one_of(*[_PARTS] * 4, st.just(".."), _ODD), min_size=1, max_size=4).map("/".join)
_CONTENTS = st.sampled_from([b"", b"x", b"y" * 600])
_MEMBERS = st.one_of(
    st.builds(file, _PATHS, _CONTENTS),
    st.builds(file, _PATHS, _CONTENTS),
    st.builds(sym, _PATHS, _TEXTS),
    st.builds(hard, _PATHS, st.one_of(_PATHS.map(lambda path: f"{ROOT}/{path}"), _TEXTS)),
    st.builds(folder, _PATHS, st.sampled_from([0o755, 0o700, 0])),
    st.builds(Entry, _PATHS, type=st.sampled_from([tarfile.FIFOTYPE, tarfile.CHRTYPE])),
    st.builds(file, _PATHS, bare=st.just(True)),
)
# The first members are plain, so that most archives have a chance.
_LISTS = st.lists(_MEMBERS, max_size=6).map(lambda more: (file("a"), file("b/c"), *more))


def _outcome(check):
    try:
        return {finding.code for finding in check()}
    except UnreadableArchive as error:
        return str(error)


def _places(archive):
    return {entry.full[len(ROOT) + 1 :] for entry in archive.all_entries()}


@pytest.mark.skipif(not hasattr(tarfile, "data_filter"), reason="this Python has no extraction filters (PEP 706)")
@pytest.mark.skipif(os.name == "nt", reason="Windows follows symlinks by rules of its own")
@given(_LISTS)
def test_accepted_archives_unpack_faithfully(entries):
    """Every regular file has its bytes, every symlink its link target, inside the root; there is nothing else."""
    archive = Case("random", entries, bare=True)
    with tempfile.TemporaryDirectory() as folder_:
        path = os.path.join(folder_, "random-1.tar")
        with open(path, "wb") as file_:
            file_.write(archive.tar())
        findings = inspect(path).findings
        rejected = {finding.code for finding in findings if finding.is_rejected}
        verified = inspect(path, _places(archive)).findings
        assert {finding.code for finding in verified if finding.is_rejected} == rejected
        event(" ".join(sorted(rejected)) or "passes")
        if rejected:
            return
        out = os.path.join(os.path.realpath(folder_), "out")
        with tarfile.open(path) as tar:
            tar.extractall(out, filter="data")
        root = os.path.join(out, ROOT)
        assert _BACKEND["listing"](root) == archive.faithful()
        assert os.listdir(out) == [ROOT]
        for here, folders, files in os.walk(root):
            for name in folders + files:
                real = os.path.realpath(os.path.join(here, name))
                assert (real + os.sep).startswith(root + os.sep)


@given(st.lists(st.binary(max_size=700), max_size=3), st.integers(0, 600), st.integers(0, 255))
def test_damage_never_escapes(chunks, at, byte):
    """A byte changed, junk behind: findings or one kind of error, the same from the command and the build."""
    tar = bytearray(Case("base", (Entry("a", b"x"), sym("l", "a"))).tar())
    tar[at * 7 % len(tar)] = byte
    with tempfile.TemporaryDirectory() as folder_:
        path = os.path.join(folder_, "random-1.tar")
        with open(path, "wb") as file_:
            file_.write(bytes(tar) + b"".join(chunks))
        outcomes = [_outcome(lambda: inspect(path).findings), _outcome(lambda: inspect(path, frozenset()).findings)]
        assert outcomes[0] == outcomes[1]
