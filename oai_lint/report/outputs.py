"""Where reports go: standard output and files, several of them in one run."""

# Paths are strings here, as they come from the command line.
# ruff: noqa: PTH103, PTH105, PTH108, PTH110, PTH113, PTH120, PTH123

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple, TextIO

from oai_lint.config import ConfigError, nearest
from oai_lint.report import DOCUMENTS, FORMATS


class Output(NamedTuple):
    """A report: its format and its file, which is empty for standard output."""

    format: str
    path: str = ""


def parse(text: str) -> Output:
    """Read ``FORMAT`` or ``FORMAT=PATH``.

    Raises:
        ConfigError: there is no such format, or no path after the sign.
    """
    name, sign, path = text.partition("=")
    if name not in FORMATS:
        listed = ", ".join(f"`{item}`" for item in FORMATS)
        hint = nearest(name, [*FORMATS])
        raise ConfigError(f"--output {text}: must begin with one of {listed}, not `{name}`{hint}")
    if sign and not path:
        raise ConfigError(f"--output {text}: a path is missing after `=`")
    return Output(name, path)


def planned(usual: Output, more: Sequence[str], *, explicit: bool) -> tuple[Output, ...]:
    """Return the reports to write.

    Args:
        usual: what ``--output-format`` and ``--output-file`` or their defaults come to.
        more: the values of ``--output``; one that goes to standard output takes the place of the
            usual report there.
        explicit: the format of the usual report was given on the command line, so that it stays.

    Raises:
        ConfigError: an output cannot be understood, or two are in each other's way.
    """
    others = [parse(text) for text in more]
    replaced = not usual.path and not explicit and any(not other.path for other in others)
    outputs = [*([] if replaced else [usual]), *others]
    printed = [output.format for output in outputs if not output.path]
    for name in printed:
        if name in DOCUMENTS and len(printed) > 1:
            raise ConfigError(
                f"--output {name}: cannot share standard output with another format;"
                f" give it a file: {name}=PATH"
            )
    written = {os.path.realpath(usual.path)} if usual.path else set()
    for name, path in others:
        if path and (real := os.path.realpath(path)) in written:
            raise ConfigError(f"--output {name}={path}: another report goes to that file")
        written |= {real} if path else set()
    return tuple(outputs)


@contextmanager
def opened(path: str) -> Iterator[TextIO]:
    """Open the file of a report, in a directory that is made if need be.

    Readers see the old file or the whole new one, unless it is a device or a pipe.

    Raises:
        OSError: it cannot be written; its name is ``path``.
    """
    try:
        if path.startswith("/dev/") or (os.path.exists(path) and not os.path.isfile(path)):
            with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
                yield file
            return
        real = os.path.realpath(path)
        if not os.path.exists(directory := os.path.dirname(real)):
            os.makedirs(directory)
        temporary = f"{real}.{os.getpid()}.oai-lint"
        try:
            with open(temporary, "x", encoding="utf-8", errors="backslashreplace") as file:
                yield file
            if os.path.exists(real):
                from shutil import copymode

                copymode(real, temporary)
            os.replace(temporary, real)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from None
