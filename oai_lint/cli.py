"""The command line: commands, options, exit codes."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import click

from oai_lint import __version__
from oai_lint.arguments import (
    Check,
    colour,
    file_option,
    files,
    listing,
    pairing,
    refuse_mixtures,
    rules,
    settings_from,
    switch,
)
from oai_lint.report import FORMATS

_SETTINGS = (
    "select",
    "extend_select",
    "ignore",
    "per_file_ignores",
    "extend_per_file_ignores",
    "fixable",
    "extend_fixable",
    "unfixable",
    "exclude",
    "extend_exclude",
    "force_exclude",
    "respect_gitignore",
    "fix",
    "unsafe_fixes",
    "fix_only",
    "output_format",
    "fail_on",
    "confidence",
    "today",
    "baseline",
)
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, "-V", "--version", message="oai-lint %(version)s")
def main() -> None:
    """Lint Python code that talks to the OpenAI API."""


@main.command(cls=Check, context_settings=CONTEXT)
@click.argument("paths", nargs=-1, metavar="[PATHS]...", shell_complete=files)
@switch("fix", "Apply safe fixes.")
@switch("fix-only", "Apply safe fixes and report nothing else.")
@switch("unsafe-fixes", "Include unsafe fixes.")
@click.option("--diff", is_flag=True, help="Print what --fix would change; write nothing.")
@click.option("--show-fixes/--no-show-fixes", default=False, help="List what was fixed.")
@listing("--select", "RULES", "Rules in force: codes, prefixes, names or ALL.")
@listing("--extend-select", "RULES", "More rules, on top of those selected.")
@listing("--ignore", "RULES", "Rules not in force.")
@pairing("--per-file-ignores", "PATTERN:RULE", "Rules not in force in some files.")
@pairing("--extend-per-file-ignores", "PATTERN:RULE", "More of these.")
@listing("--fixable", "RULES", "Rules whose fixes may be applied.")
@listing("--extend-fixable", "RULES", "More of these.")
@listing("--unfixable", "RULES", "Rules whose fixes may not.")
@click.option("--ignore-noqa", is_flag=True, help="Ignore comments that silence findings.")
@listing("--exclude", "PATTERNS", "Skip these files and directories.")
@listing("--extend-exclude", "PATTERNS", "Skip these too.")
@switch("force-exclude", "Skip excluded PATHS as well.")
@switch("respect-gitignore", "Skip what git ignores.")
@click.option(
    "--output-format",
    type=click.Choice([*FORMATS]),
    envvar="OAI_LINT_OUTPUT_FORMAT",
    show_envvar=True,
    help="How to report.  [default: full]",
)
@file_option("-o", "--output-file", text="Write the report there.", variable="OAI_LINT_OUTPUT_FILE")
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
@settings_from
@click.option("--target-openai", metavar="RANGE", help='SDK versions in use, such as ">=1.40,<2".')
@click.option("--confidence", type=click.Choice(("low", "medium", "high")), help="Report from.")
@click.option("--today", metavar="DATE", help="Judge retirements as of this date.")
@file_option("--baseline", text="Leave out the findings that FILE accepts.")
@click.option("--write-baseline", metavar="[=FILE]", help="Accept all findings for now, in FILE.")
@click.option("--strict-baseline", is_flag=True, help="Fail if FILE accepts what is fixed.")
@click.option("--add-ignore", metavar="[=REASON]", help="Silence all findings by comments.")
@click.option("--diff-base", metavar="REV", help="Report changes since this revision.")
@click.option("--show-files", is_flag=True, help="Print which files would be checked.")
@click.option("--show-settings", is_flag=True, help="Print the settings for the first of them.")
@click.option("-w", "--watch", is_flag=True, help="Check again whenever a file changes.")
@click.option("--stdin-filename", default="", metavar="NAME", help="What to call PATH `-`.")
@click.option("-n", "--no-cache", is_flag=True, help="Accepted for ruff's sake.")
@click.option("-q", "--quiet", is_flag=True, help="Print findings and nothing else.")
@click.option("-s", "--silent", is_flag=True, help="Print nothing.")
@click.option("-v", "--verbose", is_flag=True, help="Say what is done.")
@colour
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
    values["output_file"] = values["output_file"] or ""
    if values["stdin_filename"] and paths != ("-",):
        if paths and not (values["quiet"] or values["silent"]):
            click.echo(f"warning: Ignoring file {paths[0]} in favor of standard input.", err=True)
        paths = ("-",)
    refuse_mixtures(paths, {**values, "watch": watch})
    from oai_lint.checking import check as run_check
    from oai_lint.options import Options, with_settings

    settings = {name: values.pop(name) for name in _SETTINGS}
    settings["openai"] = target_openai
    options = Options(paths=paths or (".",), config=config, colour=color, **values)
    options = with_settings(options, **settings)
    if watch:
        from oai_lint.watching import watch as watch_files

        return watch_files(options, run_check)
    return run_check(options)


@main.command(context_settings=CONTEXT)
@click.argument("paths", nargs=-1, required=True, metavar="PATHS...", shell_complete=files)
@click.option(
    "--to", type=click.Choice(("1", "2", "3")), default="1", help="SDK to run on.  [default: 1]"
)
@click.option("--diff", is_flag=True, help="Print what would change; write nothing.")
@switch("annotate", "Give types to what calls take in code without annotations, too.")
@listing("--exclude", "PATTERNS", "Skip these files and directories.")
@listing("--extend-exclude", "PATTERNS", "Skip these too.")
@settings_from
@click.option("--stdin-filename", default="", metavar="NAME", help="What to call PATH `-`.")
@click.option("-q", "--quiet", is_flag=True, help="Print what is left and nothing else.")
@click.option("-v", "--verbose", is_flag=True, help="Say what is done.")
@colour
def migrate(
    *,
    paths: tuple[str, ...],
    to: str,
    annotate: bool | None,
    exclude: list[str] | None,
    extend_exclude: list[str] | None,
    color: str,
    **values: Any,
) -> int:
    """Rewrite code of an older SDK for openai 1 and later, and list what is left to you.

    This writes files: `--diff` shows what it would write.
    """
    from oai_lint.migrate import migrate as run_migration
    from oai_lint.options import Options, with_settings

    options = Options(paths=paths, colour=color, **values)
    options = with_settings(
        options, annotate=annotate, exclude=exclude, extend_exclude=extend_exclude
    )
    return run_migration(options, to)


@main.command(context_settings=CONTEXT)
@click.argument("rule", required=False, metavar="[CODE|NAME]", shell_complete=rules)
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
@settings_from
@click.option("--target-openai", metavar="RANGE", help='SDK versions in use, such as ">=1.40,<2".')
def config(path: str, config: tuple[str, ...], isolated: bool, target_openai: str | None) -> int:
    """Print the settings in force for a file or directory, and where each comes from."""
    from oai_lint.explain import settings_in_force
    from oai_lint.options import Options, resolver, with_settings

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


@main.command("help", context_settings=CONTEXT)
@click.argument("command", required=False, metavar="[COMMAND]")
@click.pass_context
def describe(context: click.Context, command: str | None) -> int:
    """Print what a command is for and takes."""
    whole = context.find_root()
    if command is None:
        click.echo(whole.get_help())
        return 0
    name, found, _ = main.resolve_command(whole, [command])
    if found is not None:  # else it was refused
        found.make_context(name, ["--help"], parent=whole)
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
    from oai_lint.git import GitError

    if sys.stdout is None:  # the shell closed it (``>&-``); whatever is written to it shall fail
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    if sys.stderr is None:  # nobody wants to hear
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
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
    except (ConfigError, GitError) as error:
        return _fail(str(error))
    except BrokenPipeError:
        _discard_output()
        return _fail("the output was closed before the end of the report")
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not error.filename:
            return _fail("the working directory is gone")
        if error.filename:
            return _fail(f"{error.filename}: {error.strerror}")
        _discard_output()
        if error.errno == errno.EBADF:
            return _fail("there is no standard output to write to")
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
