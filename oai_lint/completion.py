"""What shells complete after ``oai-lint``: scripts for them, and the answers to these."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from click import UsageError
from click.shell_completion import get_completion_class, shell_complete

if TYPE_CHECKING:
    import click

VARIABLE: Final = "_OAI_LINT_COMPLETE"
"""Set by the scripts: which shell asks, and for what."""

_NAME: Final = "oai-lint"


def script(command: click.Command, shell: str) -> str:
    """Return the text that a shell has to read once."""
    found = get_completion_class(shell)
    assert found is not None, shell
    return found(command, {}, _NAME, VARIABLE).source()


def answer(command: click.Command) -> int:
    """Print what fits behind what was typed, which the environment holds.

    Raises:
        UsageError: it was set by something else than our scripts.
    """
    wish = os.environ[VARIABLE]
    with suppress(KeyError, ValueError):
        if shell_complete(command, {}, _NAME, VARIABLE, wish) == 0:
            return 0
    raise UsageError(
        f"{VARIABLE}={wish}: for the scripts that `{_NAME} completion` prints;"
        " unset it to run a command"
    )
