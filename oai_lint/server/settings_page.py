"""The page about the settings in force, for whoever wonders why something is reported or is not."""

from __future__ import annotations

import platform
from collections.abc import Iterator

from oai_lint import __version__
from oai_lint.config import known
from oai_lint.explain import values_in_force
from oai_lint.server.analysis import Snapshot
from oai_lint.server.language_server import LintServer


def settings_page(ls: LintServer, snapshot: Snapshot | None) -> str:
    """Return the page in Markdown; runs in the worker, as it reads files.

    Args:
        ls: the server.
        snapshot: the document that is asked about; None for the workspace as such.
    """
    return "\n".join(_lines(ls, snapshot)) + "\n"


def _lines(ls: LintServer, snapshot: Snapshot | None) -> Iterator[str]:
    configuration = ls.session.configuration
    path = snapshot.path if snapshot else None
    place = configuration.place(path)
    resolver, problem = configuration.resolver(path)
    config = resolver.for_file(str(place))
    codes = config.in_force(str(place)) if snapshot else config.codes
    values = values_in_force(resolver, str(place.parent))
    versions, source = values.pop("openai")

    yield f"# Settings in force for `{path or (snapshot.uri if snapshot else place.parent)}`"
    yield ""
    if problem:
        yield f"**{problem}**; that file's settings are left aside."
        yield ""
    if not configuration.enabled:
        yield "Nothing is reported: `enable` is `false` in the editor's settings."
        yield ""
    elif path is not None and configuration.is_excluded(config, path):
        yield "Nothing is reported: the file is excluded."
        yield ""
    folders = ", ".join(f"`{root}`" for root in configuration.roots)
    way = "asked for by the editor" if ls.pulls else "pushed"
    yield f"- Configuration file: {f'`{config.origin}`' if config.origin else 'none'}"
    yield f"- SDK range: `openai = {versions}` ({source})"
    yield f"- Server: oai-lint {__version__}, Python {platform.python_version()}"
    yield f"- Positions in {ls.units}, findings {way}"
    yield f"- Workspace folders: {folders or 'none'}"
    changed = [f"{key} = {value}  # {origin}" for key, (value, origin) in values.items() if origin]
    defaults = [f"{key} = {value}" for key, (value, origin) in values.items() if not origin]
    yield from _block("Settings made", changed)
    yield from _block("Defaults", defaults)
    names = {code: known()[code].name for code in sorted(codes)}
    yield ""
    yield f"## Rules in force ({len(names)} of {len(known())})"
    yield ""
    yield from (f"- {code} {name}" for code, name in names.items())


def _block(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield from ("", f"## {title}", "", "```toml", *lines, "```")
