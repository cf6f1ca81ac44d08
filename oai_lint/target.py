"""The range of SDK versions that a project runs on, and what else it declares."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

Version = tuple[int, ...]
FOREVER: Version = (10**6,)


@dataclass(frozen=True, slots=True)
class Range:
    """Versions from ``low`` (inclusive) to ``high`` (exclusive).

    What :func:`parse_range` builds has ``low`` padded to three numbers and ``high`` without
    trailing zeros, so that they compare rightly with versions written shorter or longer.
    """

    low: Version = (0,)
    high: Version = FOREVER

    def __str__(self) -> str:
        """Return it as a specifier."""
        low = f">={'.'.join(map(str, self.low))}"
        return low if self.high == FOREVER else f"{low},<{'.'.join(map(str, self.high))}"

    def reaches(self, version: Version) -> bool:
        """Say whether some version of the range is at ``version`` or later."""
        return self.high > version

    def starts(self, version: Version) -> bool:
        """Say whether every version of the range is at ``version`` or later."""
        return self.low >= version


@dataclass(frozen=True, slots=True)
class Target:
    """What the code will run with.

    Attributes:
        openai: the SDK range; everything when nothing declares it.
        declared: whether configuration, lock file or requirement gave that range.
        httpx: the range of httpx, from the same places.
        packages: names of the declared dependencies, normalised; None when no metadata was found.
        origin: where the range comes from, for people: a path or an option.
        chosen: whether somebody set the range for the linter: then nothing else counts.
    """

    openai: Range = field(default_factory=Range)
    declared: bool = False
    httpx: Range = field(default_factory=Range)
    packages: frozenset[str] | None = None
    origin: str = ""
    chosen: bool = False

    def reaches(self, *version: int) -> bool:
        """Say whether the SDK range reaches ``version`` (an open range reaches all)."""
        return self.openai.reaches(version)

    def starts(self, *version: int) -> bool:
        """Say whether a declared SDK range starts at ``version`` or later."""
        return self.declared and self.openai.starts(version)

    def lacks(self, package: str) -> bool:
        """Say whether there is dependency metadata and it does not name ``package``."""
        return self.packages is not None and package not in self.packages

    def override(self, openai: Range, origin: str) -> Target:
        """Return this target with the SDK range that configuration declares."""
        return replace(self, openai=openai, declared=True, origin=origin, chosen=True)


_CARET = re.compile(r"(\^|~(?!=))\s*v?(\d+(?:\.\d+)*)")
_BARE = re.compile(r"v?\d[\w.+!*-]*")


def parse_range(text: str) -> Range:
    """Read a PEP 440 specifier (``>=1.40,<2``), a version (``1.55``) or Poetry's ``^1.2``.

    A version with fewer than three numbers stands for all that begin with it.  ``!=`` takes
    nothing away, and of alternatives (``||``) the hull is taken.

    Raises:
        ValueError: it is none of these.
    """
    ranges = [_conjunction(part) for part in text.split("||")]
    return hull(ranges)


def hull(ranges: Iterable[Range]) -> Range:
    """Return the smallest range that holds all of ``ranges``; everything for none."""
    ranges = list(ranges)
    if not ranges:
        return Range()
    return Range(min(item.low for item in ranges), max(item.high for item in ranges))


def _conjunction(text: str) -> Range:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    low, high = Range().low, Range().high
    rest: list[str] = []
    for part in map(str.strip, text.split(",")):
        if caret := _CARET.fullmatch(part):
            one = _poetry(*caret.groups())
            low, high = max(low, one.low), min(high, one.high)
        elif _BARE.fullmatch(part):
            whole = part.removeprefix("v")
            rest.append(f"=={whole}" if whole.count(".") >= 2 else f"=={whole}.*")
        elif part and part != "*":
            rest.append(part)
    try:
        specifiers = SpecifierSet(",".join(rest))
    except InvalidSpecifier as error:
        raise ValueError(str(error)) from None
    for specifier in specifiers:
        one = _single(specifier.operator, specifier.version)
        low, high = max(low, one.low), min(high, one.high)
    return Range(low, high)


def _single(operator: str, text: str) -> Range:
    from packaging.version import InvalidVersion
    from packaging.version import Version as Parsed

    try:
        release = Parsed(text.removesuffix(".*")).release
    except InvalidVersion as error:  # ``===`` takes anything
        raise ValueError(str(error)) from None
    low, after = _pad(release), (*_pad(release)[:2], _pad(release)[2] + 1)
    everything = Range()
    match operator:
        case ">=":
            return Range(low=low)
        case ">":
            return Range(low=after)
        case "<":
            return Range(high=_strip(release))
        case "<=":
            return Range(high=after)
        case "~=":
            return Range(low, _next(release[:-1]))
        case "==" | "===" if text.endswith(".*"):
            return Range(low, _next(release))
        case "==" | "===":
            return Range(low, after)
    return everything


def _poetry(operator: str, text: str) -> Range:
    release = tuple(int(number) for number in text.split("."))
    if operator == "~":
        return Range(_pad(release), _next(release[:2]))
    # ``^0.27`` keeps what stands before the first number that is not zero, and that number.
    keep = next((i for i, number in enumerate(release) if number), len(release) - 1)
    return Range(_pad(release), _next(release[: keep + 1]))


def _next(release: Version) -> Version:
    return (*release[:-1], release[-1] + 1)


def _pad(release: Version) -> tuple[int, int, int]:
    major, minor, patch = (*release, 0, 0)[:3]
    return major, minor, patch


def _strip(release: Version) -> Version:
    while len(release) > 1 and release[-1] == 0:
        release = release[:-1]
    return release
