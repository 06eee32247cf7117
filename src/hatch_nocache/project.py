"""What the project's configuration says that the judgement needs: who named what, what cannot be left out."""

from __future__ import annotations

import functools
import os
import sys
from typing import Any, Dict, FrozenSet, Iterable, List, Mapping, Tuple

from hatchling.builders.utils import normalize_inclusion_map

from hatch_nocache.caches import recognise
from hatch_nocache.config import Config
from hatch_nocache.named import Named
from hatch_nocache.selection import Selection
from hatch_nocache.surroundings import declared

__all__ = ["named", "own_packages", "select", "table_prefix"]

HOOK = "nocache"


def named(config: Any, build_data: Mapping[str, Any], mandatory: FrozenSet[str]) -> Named:
    """Collect what the user and the other hooks spelled out. `config` is hatchling's `BuilderConfig` of the target."""
    metadata = config.builder.metadata
    result = Named(config.root)
    result.add_sources(config.force_include, "force-include")
    only_include = "only-include" if _option(config, "only-include") else "packages"
    result.add_sources(config.only_include, only_include)
    result.add_sources(config.packages, "packages")
    for attribute in ("shared_data", "shared_scripts", "extra_metadata", "sbom_files"):
        result.add_sources(getattr(config, attribute, ()), attribute.replace("_", "-"))
    result.add_patterns(_option(config, "include"), "include")
    result.add_patterns(_option(config, "artifacts"), "artifacts")
    result.add_patterns(_license_patterns(metadata.core.config), "license-files")
    if metadata.core.readme_path:
        result.add_sources([metadata.core.readme_path], "readme")
    sources: List[str] = []
    for key in ("force_include", "force_include_editable", "shared_data", "shared_scripts", "extra_metadata", "sbom_files"):
        sources.extend(build_data.get(key, ()))
    result.add_hook((source for source in sources if source not in mandatory), build_data.get("artifacts", ()))
    return result


def _option(config: Any, key: str) -> List[str]:
    value = config.target_config.get(key, config.build_config.get(key, []))
    return list(value)


def _license_patterns(project: Mapping[str, Any]) -> Iterable[str]:
    # Both spellings: PEP 639 (an array) and its draft that hatchling once followed (a table).
    value = project.get("license-files", [])
    if isinstance(value, dict):
        value = [*value.get("paths", ()), *value.get("globs", ())]
    return [f"/{pattern}" for pattern in value]


def own_packages(config: Any) -> Tuple[str, ...]:
    """The directories of the project's own packages, as paths below the root with `/` between the parts."""
    metadata = config.builder.metadata
    wheel = metadata.hatch.build_targets.get("wheel", {})
    build = metadata.hatch.build_config
    candidates: Dict[str, None] = {}
    for table in (wheel, build, config.target_config):
        for key in ("packages", "only-include"):
            candidates.update(dict.fromkeys(table.get(key, ())))
    normalize = config.builder.normalize_file_name_component
    for name in (normalize(metadata.core.raw_name), normalize(metadata.core.name)):
        candidates.update(dict.fromkeys((name, f"src/{name}")))
    paths = (os.path.normpath(candidate).replace(os.sep, "/").strip("/") for candidate in candidates)
    return tuple(path for path in paths if os.path.isdir(os.path.join(config.root, path)))


def table_prefix(config: Any) -> str:
    """The full TOML path of the hook's table that is in force for the target."""
    hooks = config.target_config.get("hooks", {})
    table = f"targets.{config.plugin_name}.hooks.{HOOK}" if HOOK in hooks else f"hooks.{HOOK}"
    # hatch.toml has the same tables without the prefix, and wins over pyproject.toml table by table.
    in_hatch_toml = "build" in _hatch_toml(config.root)
    return f"hatch.toml: build.{table}" if in_hatch_toml else f"tool.hatch.build.{table}"


def _hatch_toml(root: str) -> Mapping[str, Any]:
    path = os.path.join(root, "hatch.toml")
    if not os.path.isfile(path):
        return {}
    from hatchling.metadata.core import load_toml

    contents: Mapping[str, Any] = load_toml(path)
    return contents


def select(config: Any, target: str, options: Config, build_data: Mapping[str, Any]) -> Selection:
    """The judgement of one build of `target`, before any file has been judged. `config` is hatchling's."""
    builder, root = config.builder, config.root
    needed: Mapping[str, str] = {}
    if target == "sdist":
        needed = builder.get_default_build_data().get("force_include", {})
    elif target == "wheel":
        needed = {os.path.join(root, name): name for name in builder.metadata.core.license_files}
    mandatory = frozenset(normalize_inclusion_map(dict(needed), root))
    judge = functools.partial(
        recognise,
        declarations=declared(root, os.environ, sys.prefix),
        own_packages=own_packages(config),
        uv_cache_dir=os.environ.get("UV_CACHE_DIR"),
    )
    return Selection(root, target, options, named(config, build_data, mandatory), judge, mandatory)
