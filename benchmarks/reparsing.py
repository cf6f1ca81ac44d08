"""Whether parsing what an edit touched gives what parsing all of it does.

``python -m benchmarks.reparsing PATH... [--edits N] [--seed N]`` edits every Python file below the
paths at random, N times, and compares the tree that is carried from edit to edit with that of a
whole parse, node by node, and some places, and in each twentieth case the findings as well.
Prints every difference, and how many texts that are good took a whole parse nevertheless.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import libcst as cst

from benchmarks import edits
from benchmarks.gate import sources
from oai_lint import engine
from oai_lint.config import Config
from oai_lint.reading import Reparser, SyntaxFault, parsed
from oai_lint.reading.spans import Spans
from oai_lint.reading.tree import Tree
from oai_lint.source import Source

FINDINGS_EVERY = 20
NODES = 5
"""How many places of nodes are compared after each edit."""

CONFIG = Config()


@dataclass(slots=True)
class Tally:
    """What came of the edits.

    Attributes:
        good: texts that parse, by what made them.
        whole: those among them of which all had to be parsed.
        broken: texts that do not parse.
    """

    good: Counter[str] = field(default_factory=Counter)
    whole: Counter[str] = field(default_factory=Counter)
    broken: int = 0


def check(path: str, text: str, count: int, random: Random, tally: Tally) -> Iterator[str]:
    """Edit a file; yield what is wrong with the trees."""
    reparser, judging = Reparser(), Reparser()
    module = _parsed(path, text)
    if module is None:
        return
    reparser.keep(text, module)
    typing = edits.texts(text, random)
    what, text = next(typing)
    for number in range(count):
        module = _parsed(path, text)
        given = reparser.updated(text)
        if module is None:
            tally.broken += 1
            if given is not None:
                yield f"{what}: has a tree, though it is not Python\n{text}"
        else:
            tally.good[what] += 1
            tally.whole[what] += given is None
            if given is None:
                reparser.keep(text, module)
            elif wrong := _difference(given, module) or _misplaced(reparser, given, text):
                yield f"{what}: {wrong}\n{text}"
                return
        if number % FINDINGS_EVERY == 0:
            source = Source(path, text)
            found = engine.check(source, CONFIG, gated=False, reparser=lambda: judging)
            if found != engine.check(source, CONFIG, gated=False):
                yield f"{what}: other findings\n{text}"
        what, text = typing.send(module is not None)


def _parsed(path: str, text: str) -> cst.Module | None:
    try:
        return parsed(Source(path, text))
    except SyntaxFault:
        return None


def _misplaced(reparser: Reparser, given: cst.Module, text: str) -> str:
    tree = Tree(given)
    known, searched = Spans(tree, text, reparser.places), Spans(tree, text)
    for node in Random(text).sample([*tree.parents], min(NODES, len(tree.parents))):
        try:
            place = searched[node]
        except KeyError:
            continue
        if known[node] != place:
            return f"a node elsewhere: {type(node).__name__}"
    return ""


def _difference(given: cst.Module, module: cst.Module) -> str:
    if not given.deep_equals(module):
        return "another tree"
    if given.code != module.code:
        return "other code"
    seen: set[int] = set()
    nodes: list[cst.CSTNode] = [given]
    while nodes:
        node = nodes.pop()
        if id(node) in seen:
            return f"a node twice: {type(node).__name__}"
        seen.add(id(node))
        for value in (getattr(node, item.name) for item in dataclasses.fields(node)):
            items = value if isinstance(value, (list, tuple)) else [value]
            nodes += [item for item in items if isinstance(item, cst.CSTNode)]
    return ""


def main() -> int:
    """Edit all files; exit with 1 if a tree was wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reparsing")
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--edits", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    tally, wrong, files = Tally(), 0, 0
    with suppress(KeyboardInterrupt):  # what came of it so far is worth telling
        for _, source in sources(options.paths):
            random = Random(f"{options.seed} {source.text}")
            files += 1
            for difference in check(source.path, source.text, options.edits, random, tally):
                wrong += 1
                print(f"{source.path}: {difference}", flush=True)
    good, whole = tally.good.total(), tally.whole.total()
    print(f"{files} files, {good + tally.broken} edits, {tally.broken} of them to no Python")
    print(f"parsed as a whole: {whole} of {good} texts ({whole / max(good, 1):.1%})")
    for what, count in sorted(tally.good.items()):
        print(f"  {what:<10}{count:>8}{tally.whole[what] / count:>8.1%}")
    print(f"{wrong} trees or findings that differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
