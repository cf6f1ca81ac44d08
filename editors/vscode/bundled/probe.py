"""Prints, as JSON, what the interpreter that runs this has for oai-lint.

The interpreter may be any that the user has, so this is Python of all versions.
"""

import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
OLDEST = (3, 11)


def main():
    """Print the answer."""
    answer = {
        "version": ".".join(str(part) for part in sys.version_info[:3]),
        "recent": sys.version_info >= OLDEST,
        "oaiLint": None,
        "missing": [],
    }
    if answer["recent"]:
        answer["oaiLint"] = installed("oai-lint")
        answer["missing"] = missing()
    print(json.dumps(answer))


def installed(name):
    """Return the version of a distribution, None where it is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return None


def missing():
    """Return which of the requirements in ``compiled.txt`` this interpreter does not meet."""
    with open(os.path.join(HERE, "libs", "compiled.txt"), encoding="utf-8") as file:
        wanted = file.read().split("\n")
    found = {line: installed(re.match(r"[\w.-]+", line).group()) for line in wanted if line}
    # Looked for first: what is bundled must not be taken for installed.
    sys.path.append(os.path.join(HERE, "libs"))
    from packaging.requirements import Requirement

    return [
        line
        for line, version in found.items()
        if version is None or not Requirement(line).specifier.contains(version, prereleases=True)
    ]


if __name__ == "__main__":
    main()
