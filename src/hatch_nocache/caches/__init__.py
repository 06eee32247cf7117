"""Whether a directory is a cache or an environment, and how that is known."""

from __future__ import annotations

from hatch_nocache.caches.judge import HEAD_NAMES, HEAD_SIZE, SIGNATURE, TAG, malformed_tag, recognise

__all__ = ["HEAD_NAMES", "HEAD_SIZE", "SIGNATURE", "TAG", "malformed_tag", "recognise"]
