"""Directories in memory, for detection that is independent of the disk."""

from __future__ import annotations

from typing import Dict, FrozenSet, Optional, Union

Node = Union[Dict[str, "Node"], bytes, None]  # a directory, a regular file, a link


class FakeDirectory:
    """A directory in memory. `opened` counts the children that were looked at, over the whole tree."""

    def __init__(self, nodes: Dict[str, Node], path: str = "zeta-3", location: Optional[str] = None) -> None:
        self.nodes, self.path, self.location, self.opened = nodes, path, location, [0]

    def _names(self, kind: type) -> FrozenSet[str]:
        return frozenset(name for name, node in self.nodes.items() if isinstance(node, kind))

    @property
    def directories(self) -> FrozenSet[str]:
        return self._names(dict)

    @property
    def files(self) -> FrozenSet[str]:
        return self._names(bytes)

    @property
    def links(self) -> FrozenSet[str]:
        return self._names(type(None))

    def head(self, name: str, size: int) -> bytes:
        node = self.nodes.get(name)
        return node[:size] if isinstance(node, bytes) else b""

    def child(self, name: str) -> FakeDirectory:
        node = self.nodes.get(name)
        location = self.location and f"{self.location}/{name}"
        child = FakeDirectory(node if isinstance(node, dict) else {}, f"{self.path}/{name}", location)
        child.opened = self.opened
        self.opened[0] += 1
        return child


def tree(*lines: str, path: str = "zeta-3", location: Optional[str] = None) -> FakeDirectory:
    """Make a directory from lines: `a/b/` a directory, `a/b` a file, `a/b=text` a file with text, `a/b@` a link."""
    nodes: Dict[str, Node] = {}
    for line in lines:
        where, _, text = line.partition("=")
        node: Node = text.encode()
        if where.endswith("/"):
            where, node = where[:-1], {}
        elif where.endswith("@"):
            where, node = where[:-1], None
        *parents, last = where.split("/")
        at = nodes
        for parent in parents:
            below = at.setdefault(parent, {})
            assert isinstance(below, dict)
            at = below
        at.setdefault(last, node)
    return FakeDirectory(nodes, path, location)
