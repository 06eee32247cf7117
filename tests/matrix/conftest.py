"""What all of the matrix shares: the marker, and a directory for its environments."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.network)
            if item.get_closest_marker("quick") is None:
                item.add_marker(pytest.mark.matrix)


@pytest.fixture(scope="session")
def environments(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("environments")
