"""Published sdists: those with junk in them are found, the others pass."""

from __future__ import annotations

import csv
import hashlib
import os
import subprocess
import sys

import pytest

from hatch_nocache.archive import inspect

pytestmark = pytest.mark.corpus

HERE = os.path.dirname(__file__)


def rows(name):
    """Return the rows of a table next to this file."""
    with open(os.path.join(HERE, name), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def fetch(row, folder):
    """Return the path of the sdist of a row."""
    script = os.path.join(HERE, "fetch.py")
    command = [sys.executable, script, row["name"], row["version"], str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("row", rows("incidents.tsv"), ids=lambda row: row["name"])
def test_incidents_are_found(row, tmp_path):
    """With the code and the place that a person found by hand."""
    path = fetch(row, tmp_path)
    with open(path, "rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == row["sha256"]
    found = {(finding.code, finding.path) for finding in inspect(path).findings if finding.is_rejected}
    assert (row["code"], row["path"]) in found


@pytest.mark.parametrize("row", rows("clean.tsv"), ids=lambda row: row["name"])
def test_clean_sdists_pass(row, tmp_path):
    """Nothing at all is said of them."""
    report = inspect(fetch(row, tmp_path))
    assert report.findings == ()
    assert report.members > 1
