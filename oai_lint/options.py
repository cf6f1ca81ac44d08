"""What one run was asked for, and the settings that come of it."""

# Paths are strings here, as they come from the command line.
# ruff: noqa: PTH109, PTH117

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import Any

from oai_lint.config import ConfigError
from oai_lint.globs import escaped
from oai_lint.resolving import Resolver
from oai_lint.settings import COMMAND_LINE, inline, layer, read

_PATTERNS = ("exclude", "extend-exclude")
_MAPPINGS = ("per-file-ignores", "extend-per-file-ignores")


@dataclass(slots=True)
class Options:
    """What the command line said, beyond settings.

    Attributes:
        paths: files and directories; ``-`` alone for standard input.
        settings: settings by key, which go before those of files.
        config: values of ``--config``: one file at most, and ``key=value`` pairs.
        isolated: ignore configuration files.
        ignore_noqa: have comments that silence findings do nothing.
        diff: print what fixes would change instead of findings.
        show_files, show_settings: print what would be checked, or how, instead of checking.
        show_fixes, statistics: more of the report.
        output_file: where the report goes instead of standard output.
        outputs: further reports, each ``FORMAT`` or ``FORMAT=PATH``.
        exit_zero: findings are no failure.
        exit_non_zero_on_fix: fixes are one.
        write_baseline: accept all findings, in the file of that name; of the usual one if empty.
        strict_baseline: entries of the baseline whose finding is gone are a failure.
        add_ignore: silence all findings by comments with this reason, which may be empty.
        diff_base: the git revision since which findings count.
        stdin_filename: what standard input is called.
        quiet: print findings and nothing else.
        silent: print nothing.
        verbose: say on stderr what is done.
        colour: ``auto``, ``always`` or ``never``.
    """

    paths: tuple[str, ...] = (".",)
    settings: dict[str, Any] = field(default_factory=dict)
    config: tuple[str, ...] = ()
    isolated: bool = False
    ignore_noqa: bool = False
    diff: bool = False
    show_files: bool = False
    show_settings: bool = False
    show_fixes: bool = False
    statistics: bool = False
    output_file: str = ""
    outputs: tuple[str, ...] = ()
    exit_zero: bool = False
    exit_non_zero_on_fix: bool = False
    write_baseline: str | None = None
    strict_baseline: bool = False
    add_ignore: str | None = None
    diff_base: str | None = None
    stdin_filename: str = ""
    quiet: bool = False
    silent: bool = False
    verbose: bool = False
    colour: str = "auto"


def resolver(options: Options) -> Resolver:
    """Build the source of settings that the options ask for.

    Raises:
        ConfigError: an option's value is no setting.
    """
    file = None
    layers = []
    for value in options.config:
        if os.path.isfile(value):  # noqa: PTH113
            if file is not None:
                raise ConfigError("--config: only one file can be given")
            if options.isolated:
                raise ConfigError(f"--config {value}: not together with --isolated")
            file = read(value, required=True)
        elif "=" in value:
            layers.append(inline(value))
        else:
            raise ConfigError(f"--config {value}: neither a file nor a TOML `key=value`")
    own = dict(options.settings)
    for key in _PATTERNS:
        if key in own:
            own[key] = [_from_here(pattern) for pattern in own[key]]
    for key in _MAPPINGS:
        if key in own:
            own[key] = {_from_here(pattern): codes for pattern, codes in own[key].items()}
    if own.get("baseline"):
        own["baseline"] = os.path.abspath(own["baseline"])  # noqa: PTH100
    layers.append(layer(COMMAND_LINE, own))
    return Resolver(options.isolated, options.ignore_noqa, file, layers)


def _from_here(pattern: str) -> str:
    """Patterns of the command line are meant from the working directory, as in ruff."""
    negated = "!" if pattern.startswith("!") else ""
    pattern = pattern.removeprefix("!")
    if os.path.isabs(pattern) or not {"/", os.sep} & {*pattern}:
        return negated + pattern
    return f"{negated}{escaped(os.getcwd())}/{pattern.removeprefix('./')}"


def with_settings(options: Options, **settings: object) -> Options:
    """Return ``options`` with the settings that were given; None stands for not given."""
    given = {key.replace("_", "-"): value for key, value in settings.items() if value is not None}
    return replace(options, settings={**options.settings, **given})
