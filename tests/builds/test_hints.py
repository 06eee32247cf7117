"""Every hint that any test project yields, pasted as printed: it does what it says, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Set

import pytest
from building import Built, build, read
from projects import Case, load, made

CASES = [case for case in load() if not case.unprivileged and case.is_supported]
TARGETS = ("sdist", "wheel")
ADD = re.compile(
    r"to (?P<purpose>[^,]+), add (?P<entry>\"(?:[^\"\\]|\\.)*\"|it) to `(?P<key>[\w-]+)` in \[(?P<table>.+?)\]"
)
SET = re.compile(r"to (?P<purpose>[^,]+), set (?P<key>[\w-]+) = (?P<entry>\"\w+\") in \[(?P<table>.+?)\]")
ENTRY = re.compile(r"\"(?:[^\"\\]|\\.)*\"")


class Paste(NamedTuple):
    """One thing to paste: a TOML string for `key` of `table`, as a value or as an item of an array."""

    purpose: str
    table: str
    key: str
    entry: str
    is_item: bool


def pastes(said: str) -> List[Paste]:
    """Return what the hints of a message tell to paste. Lines are joined that were broken."""
    found = []
    for hint in re.findall(r"^  hint: (.*(?:\n        .*)*)", said, re.MULTILINE):
        line = re.sub(r"\n +", " ", hint)
        for pattern in (ADD, SET):
            match = pattern.match(line)
            if match:
                purpose, key, table = match["purpose"], match["key"], match["table"]
                entries = ENTRY.findall(line) if match["entry"] == "it" else [match["entry"]]
                found += [Paste(purpose, table, key, entry, pattern is ADD) for entry in entries]
    return found


def paste(root: Path, what: Paste) -> None:
    path = root / ("pyproject.toml" if what.table.startswith("tool.") else "hatch.toml")
    text = path.read_text(encoding="utf-8")
    header = f"[{what.table}]\n"
    if header not in text + "\n":
        text += f"\n\n{header}"
    before, _, after = (text + "\n").partition(header)
    own, bracket, others = after.partition("\n[")
    line = re.search(rf"^{what.key} = \[(.*)\]$", own, re.MULTILINE) if what.is_item else None
    if line:
        own = own.replace(line.group(), f"{what.key} = [{line.group(1)}, {what.entry}]")
    else:
        others_of_own = own if what.is_item else re.sub(rf"^{what.key} = .*$", "", own, flags=re.MULTILINE)
        own = f"{what.key} = {f'[{what.entry}]' if what.is_item else what.entry}\n{others_of_own}"
    path.write_text(before + header + own + bracket + others, encoding="utf-8")


def members(built: Built) -> Optional[Set[str]]:
    return set(read(built.archive).names) if built.archive else None


def complaints(said: str) -> Set[str]:
    return set(re.findall(r"^  NC\d{3} (\S+)", said, re.MULTILINE))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_pasted_hints(case: Case, tmp_path: Path) -> None:
    with made(case, tmp_path) as root:
        env = case.variables(root)
        settings = {path: path.read_bytes() for path in root.glob("*.toml")}
        # A FIFO would hang a wheel, and the hook rejects it.
        first = {target: build(root, target, tmp_path / f"first-{target}", env) for target in TARGETS}
        for target, built in first.items():
            for number, what in enumerate(pastes(built.said)):
                paste(root, what)
                where = f"{target}-{number}"
                again = {each: build(root, each, tmp_path / f"{where}-{each}", env) for each in TARGETS}
                check(what, target, first, again)
                for path, content in settings.items():
                    path.write_bytes(content)


def check(what: Paste, target: str, first: Dict[str, Built], again: Dict[str, Built]) -> None:
    message = f"{what}\n{first[target].said}\n{again[target].said}"
    assert not any(built.crashed or "configuration error" in built.said for built in again.values()), message
    path = json.loads(what.entry).strip("/").replace("\\", "") if what.is_item else ""
    # A wheel, or `force-include`, has another directory for it.
    place = path.rpartition("/")[2].strip("*")
    before, after = members(first[target]), members(again[target])
    if what.key == "allow" and "notice" not in what.purpose and after is not None:
        assert any(place in name for name in after), message
    if what.key == "allow":
        assert f"{path}/" not in complaints(again[target].said), message
    if what.key in ("exclude", "symlinks") and what.purpose.startswith(("leave", "pack the target")):
        assert complaints(first[target].said) - complaints(again[target].said), message
    # Nothing else appears or vanishes, in any target.
    for each in TARGETS:
        old, new = members(first[each]), members(again[each])
        if old is None or (new is None and what.key == "caches"):
            # What is packed may have symlinks that installers refuse: the next message says so.
            continue
        assert new is not None, message
        if what.is_item:
            assert all(place in name for name in old ^ new), message
        elif what.key == "symlinks":
            assert old <= new, message
    if before is not None and what.key == "allow":
        assert after is not None, message
        assert before <= after, message
