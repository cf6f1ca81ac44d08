"""``oai-lint``: the door for files without OpenAI code, and the way in for everything else.

Most commits touch no code that uses the OpenAI API.  They are answered from bytes, before the
command line is parsed properly and before anything is imported that costs more than ``re``.
"""

import os
import sys

# None of these changes what is printed about files in which there is nothing to find.
_HARMLESS = frozenset(
    {
        "--fix",
        "--no-fix",
        "--unsafe-fixes",
        "--no-unsafe-fixes",
        "--show-fixes",
        "--exit-zero",
        "-e",
        "--exit-non-zero-on-fix",
        "--force-exclude",
        "--no-force-exclude",
        "--no-cache",
        "-n",
        "--isolated",
        "--ignore-noqa",
        "--output-format=full",
        "--output-format=concise",
        "--output-format=grouped",
        "--fail-on=error",
        "--fail-on=warning",
        "--fail-on=info",
    }
)
_REDIRECTING = frozenset({"OAI_LINT_OUTPUT_FORMAT", "OAI_LINT_OUTPUT_FILE"})
_QUIET = frozenset({"--quiet", "-q", "--silent", "-s"})


def main() -> int:
    """Run the command with the arguments of this process and return its exit code."""
    arguments = sys.argv[1:]
    try:
        if arguments[:1] == ["check"] and _nothing_to_find(arguments[1:]):
            return 0
    except KeyboardInterrupt:
        return 130
    except OSError:  # the working directory is gone
        pass
    from oai_lint.cli import run

    return run(arguments)


def _nothing_to_find(arguments: list[str]) -> bool:
    """Say so for files that do not pass the gate; when in doubt, leave it to the whole command."""
    paths = [argument for argument in arguments if not argument.startswith("-")]
    options = [argument for argument in arguments if argument.startswith("-")]
    if sys.stdout is None or not paths or not _HARMLESS.union(_QUIET).issuperset(options):
        return False
    if not _REDIRECTING.isdisjoint(os.environ):
        return False
    from oai_lint.gate import worth_reading

    for path in paths:
        try:
            # What comes through a pipe can be read but once.
            if not os.path.isfile(path):  # noqa: PTH113
                return False
            with open(path, "rb") as file:  # noqa: PTH123
                if worth_reading(file.read()):
                    return False
        except (OSError, ValueError):
            return False
    if "--isolated" not in options and _reported_otherwise():
        return False
    if _QUIET.isdisjoint(options):
        try:
            sys.stdout.write("All checks passed!\n")
            sys.stdout.flush()
        except (OSError, ValueError):
            return False
    return True


def _reported_otherwise() -> bool:
    """Say whether settings may ask for a report in which "nothing" looks different."""
    directory = os.getcwd()  # noqa: PTH109
    while True:
        for name in ("oai-lint.toml", ".oai-lint.toml", "pyproject.toml"):
            try:
                with open(os.path.join(directory, name), "rb") as file:  # noqa: PTH118, PTH123
                    data = file.read()
                    if b"output-format" in data or b"fix-only" in data:
                        return True
            except OSError:
                continue
        parent = os.path.dirname(directory)  # noqa: PTH120
        if parent == directory:
            return False
        directory = parent


if __name__ == "__main__":
    sys.exit(main())
