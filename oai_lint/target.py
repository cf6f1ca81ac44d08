"""The range of SDK versions that a project runs on, and what else it declares."""

from __future__ import annotations

from dataclasses import dataclass, field

Version = tuple[int, ...]
FOREVER: Version = (10**6,)


@dataclass(frozen=True, slots=True)
class Range:
    """Versions from ``low`` (inclusive) to ``high`` (exclusive)."""

    low: Version = (0,)
    high: Version = FOREVER

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
        origin: where the range comes from, for people ("pyproject.toml", "uv.lock", "--target-openai").
    """

    openai: Range = field(default_factory=Range)
    declared: bool = False
    httpx: Range = field(default_factory=Range)
    packages: frozenset[str] | None = None
    origin: str = ""

    def reaches(self, *version: int) -> bool:
        """Say whether the SDK range reaches ``version`` (an open range reaches all)."""
        return self.openai.reaches(version)

    def starts(self, *version: int) -> bool:
        """Say whether a declared SDK range starts at ``version`` or later."""
        return self.declared and self.openai.starts(version)

    def lacks(self, package: str) -> bool:
        """Say whether there is dependency metadata and it does not name ``package``."""
        return self.packages is not None and package not in self.packages
