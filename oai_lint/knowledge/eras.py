"""Releases of the SDK: how they compare, and which of them the tables were compared with."""

from __future__ import annotations

from typing import Final, NamedTuple


class Version(NamedTuple):
    """A release number; compares as a tuple, also with plain tuples."""

    major: int
    minor: int = 0
    patch: int = 0

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read ``1``, ``1.55``, ``v1.55.3``, ``1.55.3rc1`` or ``1.55.3.post1``.

        Only the release counts: a suffix (pre-release, post-release, local) is dropped, because
        no border of the SDK lies between a candidate and its release.  Raises ``ValueError`` on
        text that does not start with a number.
        """
        numbers: list[int] = []
        for part in text.strip().removeprefix("v").split(".")[:3]:
            digits = ""
            for character in part:
                # str.isdigit alone would accept superscripts, which int() refuses.
                if not ("0" <= character <= "9"):
                    break
                digits += character
            if not digits:
                break
            numbers.append(int(digits))
            if digits != part:
                break
        if not numbers:
            raise ValueError(f"not a version: {text!r}")
        return cls(*numbers)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


V = Version

OLDEST: Final = V(0)
V1: Final = V(1)
V3: Final = V(3)

# The releases that the tables of this package were compared with.
CHECKED: Final[tuple[Version, ...]] = (
    V(0, 28, 1),
    V(1, 0, 0),
    V(1, 55, 3),
    V(1, 109, 1),
    V(2, 54, 0),
    V(3, 0, 0),
    V(3, 54, 0),
)

LATEST: Final = CHECKED[-1]
