"""Parsing what an edit touched gives the tree that parsing all of it does."""

from __future__ import annotations

from itertools import islice, pairwise
from random import Random

import libcst as cst
import pytest

from benchmarks import edits, keystrokes
from benchmarks.generated import module
from benchmarks.reparsing import Tally, check
from oai_lint import engine
from oai_lint.config import Config
from oai_lint.reading import Reparser
from oai_lint.source import Source

MIXED = '''\
#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""What it does."""

import os; import sys
from openai import OpenAI  # the SDK

client = OpenAI(
    timeout=None,  # never
)


# about the class
@register
class Shop:
    """Sells."""

    # first
    limit = 3; size = 4;

    def sell(self, what: str = """
a thing
""") -> None:
        if what:
            x = 1 + \\
                2
            # in the branch
        elif not what: pass
        else:
            # nothing
            try:
                with self.lock as a, \\
                        self.other:
                    return [
                        a,  # one
                        # between
                    ]
            except (ValueError,
                    TypeError):
                raise
            else:
                pass
            finally:
                x = f"{what!r:>{10}}"
        # in the method
    # in the class

    async def buy(self):
        match await self.ask():
            case 1 | 2:
                for i in range(3):
                    yield i
                else:
                    yield 4
            # between cases
            case _:
                while True: break


  # indented oddly
if __name__ == "__main__":
    Shop().sell("é😀")
    print(client.chat.completions.create(model="gpt-4"))

    # at the end

# behind the end
'''
SOURCES = {
    "mixed": MIXED,
    "crlf": MIXED.replace("\n", "\r\n"),
    "newlines of two kinds": MIXED.replace("\n\n", "\r\n\n"),
    "tabs": MIXED.replace("    ", "\t"),
    "two spaces": MIXED.replace("    ", "  "),
    "no end": MIXED.rstrip("\n"),
    "one class": "class A:\n" + "".join(f"    {line}\n" for line in MIXED.split("\n")),
    "generated": module(200),
}


@pytest.mark.parametrize("name", SOURCES)
def test_random_edits_give_the_tree_and_the_findings_of_a_whole_parse(name: str) -> None:
    tally = Tally()
    assert not list(check("shop.py", SOURCES[name], 70, Random(name), tally))
    assert tally.good.total() > 15
    assert tally.whole.total() < tally.good.total() / 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("a = 1\nb = 2\n", "a = 1\nb = 3\n", id="a simple statement"),
        pytest.param("a = 1\nb = 2\n", "b = 2\n", id="the first statement goes"),
        pytest.param("a = 1\nb = 2\n", "a = 1\n", id="the last statement goes"),
        pytest.param("a = 1\nb = 2\n", "a = 1b = 2\n", id="a newline goes"),
        pytest.param("a = 1\nb = 2\n", "# c\n\na = 1\nb = 2\n", id="a first comment"),
        pytest.param("if a:\n    b\nc\nd\n", "if a:\n    b\n    # e\nc\nd\n", id="a footer"),
        pytest.param("if a:\n    b\nc\nd\n", "if a:\n    b\n# e\nc\nd\n", id="no footer"),
        pytest.param("a\n    # e\nc\nd\n", "if a: \n  b\n    # e\nc\nd\n", id="a comment taken in"),
        pytest.param("if a:\n    b\nc\nd\n", "if a:\n    b\n    c\nd\n", id="a statement taken in"),
        pytest.param("if a:\n    b\nx\nd\n", "if a:\n    b\nelse: x\nd\n", id="an else"),
        pytest.param("try:\n    b\nfinally: x\nd\n", "try:\n    b\nexcept: x\nd\n", id="an except"),
        pytest.param("a\nb\nc\nd\n", "a\nb\\\nc\nd\n", id="a backslash before a statement"),
        pytest.param("if a:\n    b\nc\nd\n", "if a:\n    b\n\\\nc\nd\n", id="a backslash alone"),
        pytest.param("a\nb\n'''c'''\nd\n", "a\n'''b\n'''c'''\nd\n", id="a string opened"),
        pytest.param("a\nb\nc)\nd\n", "a\n(b\nc)\nd\n", id="a bracket that closed nothing"),
        pytest.param("a\nb = 1", "a\nb = 12", id="no newline at the end"),
        pytest.param("a\nb = 1\n", "a\nb = 1", id="the last newline goes"),
        pytest.param("a\nb = 1\n", "a\nb = 1\n\n    \n", id="white space at the end"),
        pytest.param("a\nif b:\n    c\n", "a\nif b:\n    c\n    # d\n  # e\n", id="a last footer"),
        pytest.param("if a:\n  b\nif c:\n  d\n", "if a:\n\tb\nif c:\n  d\n", id="what is usual"),
        pytest.param("a\r\nb\r\n", "a\nb\r\n", id="the newline that is usual"),
        pytest.param("a\r\nb\r\n", "a\r\nb\n", id="a newline that is not"),
        pytest.param("a\nb\n", "a\n\ufeffb\n", id="a BOM in the midst"),
        pytest.param("a\nb\n", "a\n\x0cb\n", id="a form feed"),
        pytest.param("a\nb\n", "a\rb\n", id="a lone CR"),
        pytest.param("a\n@b\ndef c(): ...\n", "a\n@b\n@d\ndef c(): ...\n", id="a decorator"),
        pytest.param("a\n@b\ndef c(): ...\n", "a\n@b\ndec(): ...\n", id="a decorator of nothing"),
        pytest.param(
            "match a:\n  case 1:\n    b\n    c\n", "match a:\n  case 1:\n    b\n  c\n", id="no case"
        ),
        pytest.param("a\n", "", id="nothing is left"),
        pytest.param("a\n", "# b\n", id="a comment is left"),
    ],
)
def test_edits_at_a_seam(before: str, after: str) -> None:
    """Also with what keeps the text from being so short that it is parsed as a whole."""
    for above, below in (
        ("", ""),
        ("", LONG),
        (LONG, ""),
        (LONG, LONG),
        (CLASS, ""),
        (CLASS, LONG),
    ):
        indent = "        " if above is CLASS else ""
        texts = [
            above + "".join(indent + line for line in text.splitlines(keepends=True)) + below
            for text in (before, after)
        ]
        try:
            tree = cst.parse_module(texts[0])
        except cst.ParserSyntaxError:
            continue
        reparser = Reparser()
        reparser.keep(texts[0], tree)
        given = reparser.updated(texts[1])
        if given is not None:
            whole = cst.parse_module(texts[1])
            assert given.deep_equals(whole)
            assert given.code == whole.code


BLOCK = "".join(f"        value_{n} = [{n}]\n" for n in range(12))
LONG = "".join(f"value_{n} = [{n}]\n" for n in range(20))
CLASS = "class A:\n    size = 3\n\n    def m(self):\n" + "".join(
    f"        value_{n} = [{n}]\n" for n in range(20)
)


def test_typing_parses_a_statement_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    text = module(1000)
    reparser = Reparser()
    reparser.keep(text, cst.parse_module(text))
    parse, sizes = cst.parse_module, list[int]()

    def counted(text: str) -> cst.Module:
        sizes.append(len(text))
        return parse(text)

    monkeypatch.setattr(cst, "parse_module", counted)
    typed = list(islice(keystrokes.texts(text), 60))
    trees = [reparser.updated(text) for text in typed]
    assert trees.count(None) < 20, "half typed"
    assert sum(sizes) < len(text)
    assert (last := trees[-1]) is not None
    assert last.code == typed[-1]


def test_a_statement_that_no_edit_touched_is_the_same_object() -> None:
    text = f"import os\n{CLASS}print(os)\n"
    reparser = Reparser()
    tree = cst.parse_module(text)
    reparser.keep(text, tree)
    given = reparser.updated(text.replace("value_7", "value_x"))
    assert given is not None
    assert given.body[0] is tree.body[0]
    assert given.body[2] is tree.body[2]
    before, after = (module.body[1].body.body[1].body.body for module in (tree, given))  # type: ignore[union-attr]
    assert [one is other for one, other in zip(before, after, strict=True)].count(False) == 1


def test_a_text_that_does_not_parse_leaves_the_tree_of_the_last_that_did() -> None:
    reparser = Reparser()
    reparser.keep(LONG, cst.parse_module(LONG))
    assert reparser.updated(LONG.replace("[7]", "[7")) is None
    given = reparser.updated(LONG.replace("[7]", "[70]"))
    assert given is not None
    assert given.code == LONG.replace("[7]", "[70]")


def test_a_check_finds_the_same_with_a_tree_from_before() -> None:
    text, random, reparser = module(200), Random(3), Reparser()
    typing = edits.texts(text, random)
    _, typed = next(typing)
    for _ in range(40):
        source = Source("shop.py", typed)
        found = engine.check(source, Config(), reparser=lambda: reparser)
        assert found == engine.check(source, Config())
        _, typed = typing.send(all(item.code != "OAI900" for item in found))


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param("x = 'a' b'b'\n", id="strings of two kinds"),
        pytest.param("try:\n    value = [1]\nexcept: ...\nexcept OSError: ...\n", id="handlers"),
    ],
)
def test_what_the_parser_lets_pass_is_refused_after_every_edit(wrong: str) -> None:
    reparser = Reparser()
    text = f"import openai\n{CLASS}{wrong}{LONG}"
    for typed in (text, f"{text}x = 1\n", text.replace("[1]", "[10]"), text.replace("'a'", "'c'")):
        source = Source("shop.py", typed)
        (found,) = engine.check(source, Config(), reparser=lambda: reparser)
        assert found.code == "OAI900"
        assert [found] == engine.check(source, Config())


def test_a_statement_that_leaves_its_case_is_not_taken_for_one_of_it() -> None:
    text = f"{LONG}match a:\n    case 1:\n{BLOCK}        return\n{LONG}"
    reparser = Reparser()
    reparser.keep(text, cst.parse_module(text))
    assert reparser.updated(text.replace("        return", "    return")) is None
    assert reparser.updated(text.replace("        return", "        return 1")) is not None


def test_code_too_deep_for_the_usual_stack_is_edited_like_any_other() -> None:
    reparser = Reparser()
    deep = "long = " + " + ".join(f"'a{n}'" for n in range(900))
    text = f"import openai\n{CLASS}{deep}\n{LONG}client = openai.OpenAI(timeout=None)\n"
    for typed in (text, text.replace("[7]", "[70]"), text.replace("'a7'", "'a70'")):
        source = Source("shop.py", typed)
        found = engine.check(source, Config(), reparser=lambda: reparser)
        assert found == engine.check(source, Config())
        assert found


LONG_STATEMENTS = {
    "class": f"# a\n@b\nclass C(D):  # e\n    # f\n\n    def m(self):\n{BLOCK}    # g\n",
    "if": f"if True:\n    if a:\n{BLOCK}        # f\n    # g\n    elif b:\n{BLOCK}",
    "try": f"if True:\n    try:\n{BLOCK}    except E:\n{BLOCK}    finally:\n{BLOCK}",
    "match": f"match a:\n    case 1:\n{BLOCK}    case _:\n{BLOCK}",
    "with": f"if True:\n    with a, \\\n            b:\n{BLOCK}",
}
TYPED = ("#", "\n", "        # c\n", "    # c\n", "x;", "\\\n", "else:\n", '"""')


@pytest.mark.parametrize("name", LONG_STATEMENTS)
def test_edits_around_the_blocks_of_a_long_statement(name: str) -> None:
    newline = "\r\n" if name == "with" else "\n"
    text = f"{LONG}{LONG_STATEMENTS[name]}{LONG}".replace("\n", newline)
    tree, lines = cst.parse_module(text), text.splitlines(keepends=True)
    seams, at = list[int](), 0
    for above, line in pairwise(lines):
        at += len(above)
        if "value" not in line or "value" not in above:
            seams += at - 1, at
    edited = [text[:at] + typed + text[at:] for at in seams for typed in TYPED]
    edited += [text[:at] + text[at + length :] for at in seams for length in (1, 4)]
    given = 0
    for after in edited:
        reparser = Reparser()
        reparser.keep(text, tree)
        inside = after.replace("        value_5 = [5]", "        value_5 = [50]")
        for now in (after, inside):
            module = reparser.updated(now)
            if module is None:
                assert now is after
                break
            assert module.code == now
            assert module.deep_equals(cst.parse_module(now)), now
            given += 1
    assert given > len(edited) / 5
