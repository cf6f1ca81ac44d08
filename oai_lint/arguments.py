"""How arguments are taken: lists, pairs, values that may be left out, what does not go together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

_F = TypeVar("_F", bound=Callable[..., Any])


def _split(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> list[str] | None:
    """Take a repeatable option whose values are separated by commas apart."""
    del context
    found = [part for value in values for part in map(str.strip, value.split(",")) if part]
    if values and not found and parameter.metavar in _NEVER_EMPTY:
        raise click.BadParameter(f"{values[0]!r} names none")
    return found or None


def _pairs(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, list[str]] | None:
    """Read ``pattern:RULE`` pairs."""
    result: dict[str, list[str]] = {}
    for part in _split(context, parameter, values) or ():
        pattern, _, code = part.rpartition(":")
        if not pattern or not code:
            raise click.BadParameter(f"{part!r} is not of the form PATTERN:RULE")
        result.setdefault(pattern, []).append(code.strip())
    return result or None


def listing(name: str, metavar: str, text: str) -> Callable[[_F], _F]:
    """Declare an option whose values are separated by commas, and that may be repeated."""
    complete = rules if metavar == _RULES else files
    return click.option(
        name, multiple=True, callback=_split, metavar=metavar, shell_complete=complete, help=text
    )


def pairing(name: str, metavar: str, text: str) -> Callable[[_F], _F]:
    """Declare an option of which each value belongs to a pattern."""
    return click.option(name, multiple=True, callback=_pairs, metavar=metavar, help=text)


def file_option(*names: str, text: str, variable: str | None = None) -> Callable[[_F], _F]:
    """Declare an option that takes the path of a file, or has it from an environment variable."""
    return click.option(
        *names,
        metavar="FILE",
        shell_complete=files,
        envvar=variable,
        show_envvar=variable is not None,
        help=text,
    )


def files(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Have the shell complete paths."""
    del context, parameter
    return [CompletionItem(incomplete, type="file")]


def rules(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the code or the name of a rule, behind others if need be."""
    del context, parameter
    from oai_lint.config import known

    before, comma, word = incomplete.rpartition(",")
    words = [name for code, rule in sorted(known().items()) for name in (code, rule.name)]
    return [CompletionItem(before + comma + name) for name in words if name.startswith(word)]


def switch(name: str, text: str) -> Callable[[_F], _F]:
    """Declare a flag ``--name`` with its opposite, ``--no-name``; None if neither is given."""
    return click.option(f"--{name}/--no-{name}", default=None, help=text)


def settings_from(command: _F) -> _F:
    """Declare the options that say where settings come from."""
    config = click.option(
        "--config", multiple=True, metavar="FILE|KEY=VALUE", shell_complete=files, help=_CONFIG
    )
    isolated = click.option("--isolated", is_flag=True, help="Ignore configuration files.")
    return config(isolated(command))


def colour(command: _F) -> _F:
    """Declare ``--color``."""
    choice = click.Choice(("auto", "always", "never"))
    return click.option("--color", type=choice, default="auto", help="Use colours.")(command)


_CONFIG = "Settings to use."
_RULES = "RULES"
_NEVER_EMPTY = (_RULES, "PATTERN:RULE")


class Check(click.Command):
    """A command with options whose value may be left out, and is joined by ``=`` if not."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Give what stands alone an empty value, so that it takes no path for its own."""
        end = args.index("--") if "--" in args else len(args)
        bare = ("--write-baseline", "--add-ignore")
        return super().parse_args(
            context,
            [f"{item}=" if item in bare and at < end else item for at, item in enumerate(args)],
        )


def refuse_mixtures(paths: Sequence[str], values: Mapping[str, Any]) -> None:
    """Refuse options of which one makes the other void."""
    given = {
        max(parameter.opts, key=len)
        for parameter in click.get_current_context().command.params
        if values.get(parameter.name or "") not in _UNSET
    }
    if "-" in paths:
        given.add("standard input")
    for option, others in _APART.items():
        for other in others:
            if option in given and other in given:
                raise click.UsageError(f"{option} cannot be used with {other}")


_UNSET = (None, False, ())
_APART = {
    "--diff": ("--statistics", "--output"),
    "--output": ("--statistics",),
    "--exit-zero": ("--exit-non-zero-on-fix",),
    "--write-baseline": ("--diff", "--diff-base", "--add-ignore", "standard input"),
    "--add-ignore": ("--diff", "--fix", "--fix-only", "--ignore-noqa", "standard input"),
    "--diff-base": ("standard input",),
    "--watch": ("--diff", "--write-baseline", "--add-ignore", "standard input"),
    "--show-files": ("--show-settings", "--output", "--watch", "standard input"),
    "--show-settings": ("--output", "--watch", "standard input"),
}
