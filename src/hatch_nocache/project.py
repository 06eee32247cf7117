"""What the project's configuration says that the judgement needs: who named what, what cannot be left out."""

from __future__ import annotations

import functools
import os
import sys
from typing import TYPE_CHECKING, Any, Callable, Container, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from hatch_nocache.caches import recognise
from hatch_nocache.caches.leads import may_be_declared
from hatch_nocache.selection import Selection

if TYPE_CHECKING:
    from hatch_nocache.caches.surroundings import Declaration
    from hatch_nocache.config import Config
    from hatch_nocache.named import Named
    from hatch_nocache.remedies import Advice

__all__ = ["HOOK", "advice", "named", "own_packages", "select", "table_prefix", "unused_allow"]

HOOK = "nocache"


def named(config: Any, build_data: Mapping[str, Any], mandatory: Container[str]) -> Named:
    """Collect what the user and the other hooks spelled out. `config` is hatchling's `BuilderConfig` of the target."""
    from hatch_nocache.named import Named

    result = Named(config.root)
    result.add_sources(_selected(config, "force_include"), "force-include")
    only_include = "only-include" if _option(config, "only-include") else "packages"
    result.add_sources(_selected(config, "only_include"), only_include)
    for attribute in ("packages", "shared_data", "shared_scripts", "extra_metadata", "sbom_files"):
        result.add_sources(_selected(config, attribute), attribute.replace("_", "-"))
    result.add_patterns(_option(config, "include"), "include")
    result.add_patterns(_option(config, "artifacts"), "artifacts")
    sources: List[str] = []
    for key in (
        "force_include",
        "force_include_editable",
        "shared_data",
        "shared_scripts",
        "extra_metadata",
        "sbom_files",
    ):
        sources.extend(build_data.get(key, ()))
    result.add_hook((source for source in sources if source not in mandatory), build_data.get("artifacts", ()))
    return result


def _selected(config: Any, attribute: str) -> Iterable[str]:
    """What hatchling reads there; nothing if it cannot: where it asks for that itself, the build ends on it."""
    try:
        sources: Iterable[str] = getattr(config, attribute, ())
    except (TypeError, ValueError):
        return ()
    return sources


def _option(config: Any, key: str) -> List[str]:
    return _strings(config.target_config if key in config.target_config else config.build_config, key)


def own_packages(config: Any) -> Tuple[str, ...]:
    """The directories of the project's own packages, as paths below the root with `/` between the parts."""
    metadata = config.builder.metadata
    candidates: Dict[str, None] = {}
    for table in (metadata.hatch.build_targets.get("wheel"), metadata.hatch.build_config):
        for key in ("packages", "only-include"):
            candidates.update(dict.fromkeys(_strings(table, key)))
    normalize = config.builder.normalize_file_name_component
    for name in (normalize(metadata.core.raw_name), normalize(metadata.core.name)):
        candidates.update(dict.fromkeys((name, f"src/{name}")))
    paths = (os.path.normpath(candidate).replace(os.sep, "/").strip("/") for candidate in candidates)
    # What the target itself names is looked at, kept and reported as any named path.
    directories = ((path, os.path.abspath(os.path.join(config.root, path))) for path in paths)
    named_here = _selected(config, "only_include")
    return tuple(path for path, where in directories if where not in named_here and os.path.isdir(where))


def _strings(table: object, key: str) -> List[str]:
    # What is wrong with a table is hatchling's to say, where it is asked for.
    values = table.get(key) if isinstance(table, dict) else None
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def table_prefix(config: Any) -> str:
    """The full TOML path of the hook's table that is in force for the target."""
    hooks = config.target_config.get("hooks", {})
    table = f"targets.{config.plugin_name}.hooks.{HOOK}" if HOOK in hooks else f"hooks.{HOOK}"
    return f"hatch.toml: build.{table}" if _in_hatch_toml(config.root) else f"tool.hatch.build.{table}"


def advice(config: Any, source_of: Callable[[str], str]) -> Advice:
    """The tables that a person has to write into for the target."""
    from hatch_nocache.remedies import Advice

    hook = table_prefix(config)
    build = f"build.targets.{config.plugin_name}" if "exclude" in config.target_config else "build"
    if _in_hatch_toml(config.root):
        return Advice(f"[{hook[len('hatch.toml: ') :]}] of hatch.toml", f"[{build}] of hatch.toml", source_of)
    return Advice(f"[{hook}]", f"[tool.hatch.{build}]", source_of)


def _in_hatch_toml(root: str) -> bool:
    # hatch.toml has the same tables without the prefix, and wins over pyproject.toml table by table.
    return "build" in _hatch_toml(root)


def _hatch_toml(root: str) -> Mapping[str, Any]:
    path = os.path.join(root, "hatch.toml")
    if not os.path.isfile(path):
        return {}
    from hatchling.metadata.core import load_toml

    contents: Mapping[str, Any] = load_toml(path)
    return contents


def select(
    config: Any, target: str, options: Config, build_data: Mapping[str, Any], prefix: Optional[str] = None
) -> Selection:
    """The judgement of one build of `target`, before any file has been judged. `config` is hatchling's.

    `prefix` is where the interpreter that runs the build lies, `sys.prefix` unless given; "" when no build is running.
    """
    root = config.root
    mandatory = needed(config.builder, target)
    judge = functools.partial(
        recognise,
        declarations=_declarations(root, sys.prefix if prefix is None else prefix),
        own_packages=own_packages(config),
        uv_cache_dir=os.environ.get("UV_CACHE_DIR"),
    )
    names = functools.partial(named, config, build_data, mandatory)
    return Selection(root, target, options, names, functools.partial(advice, config), judge, mandatory)


def _declarations(root: str, prefix: str) -> Sequence[Declaration]:
    if not may_be_declared(os.path.realpath(root), os.environ, prefix):
        return ()
    from hatch_nocache.caches.surroundings import declared

    return declared(root, os.environ, prefix)


def needed(builder: Any, target: str) -> Dict[str, str]:
    """The files that the archive cannot do without, by absolute path, and what needs each of them."""
    core = builder.metadata.core
    if target == "wheel":
        sources = [os.path.join(builder.root, name) for name in core.license_files]
    elif target == "sdist":
        sources = list(builder.get_default_build_data().get("force_include", {}))
    else:
        return {}
    reasons = dict.fromkeys((os.path.join(builder.root, name) for name in core.license_files), "license-files")
    if core.readme_path:
        reasons[os.path.join(builder.root, core.readme_path)] = "readme"
    return {os.path.normpath(source): reasons.get(source, "the build") for source in sources}


def unused_allow(options: Config, target: str, root: str) -> List[str]:
    """The entries of `allow` that are of no use, once everything has been judged for `target`."""
    unused = options.allow.unused()
    if target == "sdist" or not unused:
        return unused
    from hatch_nocache.patterns import literal_lead

    # A smaller target need not meet a path for the entry to be of use in another one.
    leads = {pattern: literal_lead(pattern) for pattern in unused}
    return [pattern for pattern, lead in leads.items() if lead and not os.path.lexists(os.path.join(root, lead[0]))]
