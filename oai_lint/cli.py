"""The command line: commands, options, exit codes.  The only importer of click."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import click

from oai_lint import __version__
from oai_lint.report import FORMATS

_SETTINGS = (
    "select",
    "extend_select",
    "ignore",
    "per_file_ignores",
    "fixable",
    "unfixable",
    "exclude",
    "extend_exclude",
    "force_exclude",
    "respect_gitignore",
    "fix",
    "unsafe_fixes",
    "output_format",
    "fail_on",
    "confidence",
    "today",
    "baseline",
)
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

_F = TypeVar("_F", bound=Callable[..., Any])


def _split(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> list[str] | None:
    """Take a repeatable option whose values are separated by commas apart."""
    del context, parameter
    return [part for value in values for part in map(str.strip, value.split(",")) if part] or None


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


def _list(name: str, metavar: str, text: str) -> Callable[[_F], _F]:
    return click.option(name, multiple=True, callback=_split, metavar=metavar, help=text)


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, message="oai-lint %(version)s")
def main() -> None:
    """Lint Python code that talks to the OpenAI API."""


class _Check(click.Command):
    """A command with options whose value may be left out, and is joined by ``=`` if not."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Give what stands alone an empty value, so that it takes no path for its own."""
        end = args.index("--") if "--" in args else len(args)
        bare = ("--write-baseline", "--add-ignore")
        return super().parse_args(
            context,
            [f"{item}=" if item in bare and at < end else item for at, item in enumerate(args)],
        )


@main.command(cls=_Check, context_settings=CONTEXT)
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--fix/--no-fix", default=None, help="Apply safe fixes.")
@click.option("--unsafe-fixes/--no-unsafe-fixes", default=None, help="Include unsafe fixes.")
@click.option("--diff", is_flag=True, help="Print what --fix would change; write nothing.")
@click.option("--show-fixes/--no-show-fixes", default=False, help="List what was fixed.")
@_list("--select", "RULES", "Rules in force: codes, prefixes, names or ALL.")
@_list("--extend-select", "RULES", "More rules, on top of those selected.")
@_list("--ignore", "RULES", "Rules not in force.")
@click.option(
    "--per-file-ignores",
    multiple=True,
    callback=_pairs,
    metavar="PATTERN:RULE",
    help="Rules not in force in some files.",
)
@_list("--fixable", "RULES", "Rules whose fixes may be applied.")
@_list("--unfixable", "RULES", "Rules whose fixes may not.")
@_list("--exclude", "PATTERNS", "Skip these files and directories.")
@_list("--extend-exclude", "PATTERNS", "Skip these too.")
@click.option(
    "--force-exclude/--no-force-exclude", default=None, help="Skip excluded PATHS as well."
)
@click.option(
    "--respect-gitignore/--no-respect-gitignore", default=None, help="Skip what git ignores."
)
@click.option(
    "--output-format", type=click.Choice([*FORMATS]), help="How to report.  [default: full]"
)
@click.option("-o", "--output-file", default="", metavar="FILE", help="Write the report there.")
@click.option(
    "--output", "outputs", multiple=True, metavar="FORMAT[=FILE]", help="One more report."
)
@click.option("--statistics", is_flag=True, help="Count findings per rule.")
@click.option(
    "--fail-on",
    type=click.Choice(("error", "warning", "info")),
    help="Exit with 1 only for findings at least that grave.  [default: info]",
)
@click.option("-e", "--exit-zero", is_flag=True, help="Exit with 0 even if there are findings.")
@click.option("--exit-non-zero-on-fix", is_flag=True, help="Exit with 1 if anything was fixed.")
@click.option("--config", multiple=True, metavar="FILE|KEY=VALUE", help="Settings to use.")
@click.option("--isolated", is_flag=True, help="Ignore configuration files.")
@click.option("--target-openai", metavar="RANGE", help='SDK versions in use, such as ">=1.40,<2".')
@click.option("--confidence", type=click.Choice(("low", "medium", "high")), help="Report from.")
@click.option("--today", metavar="DATE", help="Judge retirements as of this date.")
@click.option("--baseline", metavar="FILE", help="Leave out the findings that FILE accepts.")
@click.option("--write-baseline", metavar="[=FILE]", help="Accept all findings for now, in FILE.")
@click.option("--strict-baseline", is_flag=True, help="Fail if FILE accepts what is fixed.")
@click.option("--add-ignore", metavar="[=REASON]", help="Silence all findings by comments.")
@click.option("--diff-base", metavar="REV", help="Report changes since this revision.")
@click.option("-w", "--watch", is_flag=True, help="Check again whenever a file changes.")
@click.option("--stdin-filename", default="", metavar="NAME", help="What to call PATH `-`.")
@click.option("-n", "--no-cache", is_flag=True, help="Accepted for ruff's sake.")
@click.option("-q", "--quiet", is_flag=True, help="Print findings and nothing else.")
@click.option("-s", "--silent", is_flag=True, help="Print nothing.")
@click.option("-v", "--verbose", is_flag=True, help="Say what is done.")
@click.option(
    "--color", type=click.Choice(("auto", "always", "never")), default="auto", help="Use colours."
)
def check(
    *,
    paths: tuple[str, ...],
    config: tuple[str, ...],
    color: str,
    no_cache: bool,
    watch: bool,
    target_openai: str | None,
    **values: Any,
) -> int:
    """Check files and directories, the working directory by default; `-` is standard input."""
    del no_cache
    _refuse_mixtures(paths, {**values, "watch": watch})
    from oai_lint.checking import Options, with_settings
    from oai_lint.checking import check as run_check

    settings = {name: values.pop(name) for name in _SETTINGS}
    settings["openai"] = target_openai
    options = Options(paths=paths or (".",), config=config, colour=color, **values)
    options = with_settings(options, **settings)
    if watch:
        from oai_lint.watching import watch as watch_files

        return watch_files(options, run_check)
    return run_check(options)


def _refuse_mixtures(paths: Sequence[str], values: Mapping[str, Any]) -> None:
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
    "--add-ignore": ("--diff", "--fix", "standard input"),
    "--diff-base": ("standard input",),
    "--watch": ("--diff", "--write-baseline", "--add-ignore", "standard input"),
}


@main.command(context_settings=CONTEXT)
@click.argument("paths", nargs=-1, required=True, metavar="PATHS...")
@click.option(
    "--to", type=click.Choice(("1", "2", "3")), default="1", help="SDK to run on.  [default: 1]"
)
@click.option("--diff", is_flag=True, help="Print what would change; write nothing.")
@_list("--exclude", "PATTERNS", "Skip these files and directories.")
@_list("--extend-exclude", "PATTERNS", "Skip these too.")
@click.option("--config", multiple=True, metavar="FILE|KEY=VALUE", help="Settings to use.")
@click.option("--isolated", is_flag=True, help="Ignore configuration files.")
@click.option("--stdin-filename", default="", metavar="NAME", help="What to call PATH `-`.")
@click.option("-q", "--quiet", is_flag=True, help="Print what is left and nothing else.")
@click.option("-v", "--verbose", is_flag=True, help="Say what is done.")
@click.option(
    "--color", type=click.Choice(("auto", "always", "never")), default="auto", help="Use colours."
)
def migrate(
    *,
    paths: tuple[str, ...],
    to: str,
    exclude: list[str] | None,
    extend_exclude: list[str] | None,
    color: str,
    **values: Any,
) -> int:
    """Rewrite code of an older SDK for openai 1 and later, and list what is left to you.

    This writes files: `--diff` shows what it would write.
    """
    from oai_lint.checking import Options, with_settings
    from oai_lint.migrate import migrate as run_migration

    options = Options(paths=paths, colour=color, **values)
    return run_migration(with_settings(options, exclude=exclude, extend_exclude=extend_exclude), to)


@main.command(context_settings=CONTEXT)
@click.argument("rule", required=False, metavar="[CODE|NAME]")
@click.option("--all", "everything", is_flag=True, help="Explain every rule.")
@click.option("--output-format", type=click.Choice(("text", "json")), default="text")
def rule(rule: str | None, everything: bool, output_format: str) -> int:
    """Explain a rule: what it objects to, why, and what its fix does."""
    if (rule is None) is not everything:
        raise click.UsageError("give one rule's code or name, or --all")
    from oai_lint.explain import explain

    sys.stdout.writelines(explain(rule, as_json=output_format == "json"))
    return 0


@main.command(context_settings=CONTEXT)
@click.argument("path", default=".", metavar="[PATH]", type=click.Path(exists=True))
@click.option("--config", multiple=True, metavar="FILE|KEY=VALUE", help="Settings to use.")
@click.option("--isolated", is_flag=True, help="Ignore configuration files.")
@click.option("--target-openai", metavar="RANGE", help='SDK versions in use, such as ">=1.40,<2".')
def config(path: str, config: tuple[str, ...], isolated: bool, target_openai: str | None) -> int:
    """Print the settings in force for a file or directory, and where each comes from."""
    from oai_lint.checking import Options, resolver, with_settings
    from oai_lint.explain import settings_in_force

    options = with_settings(Options(config=config, isolated=isolated), openai=target_openai)
    sys.stdout.writelines(settings_in_force(resolver(options), os.path.abspath(path)))  # noqa: PTH100
    return 0


@main.command(context_settings=CONTEXT)
@click.option("--tcp", type=int, metavar="PORT", help="Wait on this port instead of stdin.")
@click.option(
    "--position-encoding",
    type=click.Choice(("utf-8", "utf-16", "utf-32")),
    help="Count columns so, for an editor that does without saying so (Vim with ALE: utf-8).",
)
def server(tcp: int | None, position_encoding: str | None) -> int:
    """Run the language server."""
    from oai_lint.server import main as serve

    return int(serve(tcp=tcp, encoding=position_encoding) or 0)


@main.command(context_settings=CONTEXT)
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> int:
    """Print what completes commands and options: `eval "$(oai-lint completion bash)"`."""
    from oai_lint.completion import script

    sys.stdout.write(script(main, shell))
    return 0


@main.command(context_settings=CONTEXT)
def schema() -> int:
    """Print the JSON schema of the settings, for editors."""
    from oai_lint.schema import text

    sys.stdout.write(text())
    return 0


@main.command(context_settings=CONTEXT)
@click.option("--output-format", type=click.Choice(("text", "json")), default="text")
def version(output_format: str) -> int:
    """Print the version."""
    if output_format == "json":
        click.echo(f'{{"version": "{__version__}"}}')
    else:
        click.echo(f"oai-lint {__version__}")
    return 0


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; whatever goes wrong is one line on stderr."""
    from oai_lint.config import ConfigError

    if sys.stdout is None:  # the shell closed it (``>&-``)
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        if "-o" not in arguments and not any(a.startswith("--output-file") for a in arguments):
            return _fail("there is no standard output to write to")
    for stream in (sys.stdout, sys.stderr):
        # A character that a terminal's encoding lacks must not end the report.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        if os.environ.get("_OAI_LINT_COMPLETE"):
            from oai_lint.completion import answer

            return answer(main)
        # Not by ``main.main()``, which has its own idea of a closed pipe.
        with main.make_context("oai-lint", [*arguments]) as context:
            result = main.invoke(context)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as error:
        return error.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        _fail("interrupted")
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except ConfigError as error:
        return _fail(str(error))
    except BrokenPipeError:
        _discard_output()
        return _fail("the output was closed before the end of the report")
    except OSError as error:
        if error.filename:
            return _fail(f"{error.filename}: {error.strerror}")
        _discard_output()
        return _fail(f"cannot write the report: {error.strerror or error}")
    except Exception as error:
        if "-v" in arguments or "--verbose" in arguments:
            raise
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        return _fail(f"oai-lint failed ({reason}); please report it with what --verbose prints")


def _discard_output() -> None:
    """Send nowhere what Python would try to flush once more at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(message: str) -> int:
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"error: {message}\n")
        sys.stderr.flush()
    return 2
