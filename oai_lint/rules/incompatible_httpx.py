"""SDK and httpx releases that do not work together."""

import re
from collections.abc import Iterator
from typing import Final

from oai_lint.facts.file import TextFile
from oai_lint.facts.plain import Pin
from oai_lint.patch import Replace, Safety
from oai_lint.rule import Confidence, Example, Finding, Rule, Severity
from oai_lint.target import Range

FIRST: Final = (1, 0)
MENDED: Final = (1, 55, 3)
BREAKING: Final = (0, 28)
CAPPING: Final = frozenset({
    "googletrans", "gotrue", "mistralai", "ollama", "postgrest", "python-telegram-bot", "realtime",
    "storage3", "supabase", "supafunc",
})  # fmt: skip
"""Packages some releases of which keep httpx below 0.28 for everybody beside them."""

_INCLUDE: Final = re.compile(r"^[ \t]*-(?:r|c|-requirement|-constraint)\b", re.M)


class IncompatibleHttpx(Rule[Pin]):
    """The pinned SDK and httpx 0.28 do not work together: no client can be built.

    openai 1.0 to 1.55.2 passes `proxies` to httpx and asks for any `httpx<1`; httpx 0.28 has no
    such argument any more.  A fresh install brings 0.28, and every `OpenAI()` without its own
    `http_client=` ends in
    `TypeError: Client.__init__() got an unexpected keyword argument 'proxies'`, whether there is a
    proxy or not.  openai 1.55.3 mends it.

    Silent where httpx is kept below 0.28, by the project or by a package beside it that is known
    to do so, and where every client of the project is given an `http_client`.

    ## Fix safety
    Shown only: which versions a project runs on is not for a linter to decide.

    ## References
    - https://github.com/openai/openai-python/releases/tag/v1.55.3
    - https://github.com/encode/httpx/blob/master/CHANGELOG.md#0280-28th-november-2024
    """

    code = "OAI214"
    message = (
        "openai {version} does not work with httpx 0.28, which takes no `proxies`: "
        "use openai>=1.55.3 or httpx<0.28"
    )
    severity = Severity.ERROR
    safety = Safety.SHOW
    fixes = "Ask for the first SDK that works with httpx 0.28"
    reaches = (1,)
    examples = (Example(bad="openai==1.40.0\nhttpx>=0.27\n", path="requirements.txt"),)

    def check(self, pin: Pin, file: TextFile) -> Iterator[Finding]:
        """Report a pin of openai inside the broken range, unless httpx is kept away from it."""
        if not _is_broken(pin):
            return
        target = file.target
        if target.declared and not _is_inside(target.openai):
            return  # another file of the project knows better
        declared = [other.range for other in file.all(Pin) if other.package == "httpx"]
        ranges = [found for found in (*declared, target.httpx) if found is not None]
        if not all(found.reaches(BREAKING) for found in ranges):
            return
        locked = any(found is not None and found.starts(BREAKING) for found in declared)
        if pin.locked and not declared:
            return  # only a part of what is installed
        if not locked and _caps(file):
            return
        if pin.locked and any(map(_is_broken, pin.around.beside)):
            return  # reported where people write it
        if pin.around.clients_bring_their_own:
            return
        yield self.found(
            pin,
            fix=_mended(pin),
            confidence=Confidence.HIGH if locked else Confidence.MEDIUM,
            safety=Safety.SHOW,
            version=pin.written.removeprefix("=="),
        )


def _is_broken(pin: Pin) -> bool:
    return pin.package == "openai" and pin.range is not None and _is_inside(pin.range)


def _is_inside(versions: Range) -> bool:
    return versions.starts(FIRST) and not versions.reaches(MENDED)


def _caps(file: TextFile) -> bool:
    names = {pin.package for pin in file.all(Pin)}
    if _INCLUDE.search(file.text):
        names |= file.target.packages or frozenset()
    return not CAPPING.isdisjoint(names)


def _mended(pin: Pin) -> tuple[Replace, ...]:
    if pin.poetry:
        versions = "^1.55.3"
    else:
        versions = "==1.55.3" if pin.written.startswith("==") else ">=1.55.3,<2"
    change = pin.rewrite(versions)
    return (change,) if change is not None else ()
