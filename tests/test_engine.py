"""From text to diagnostics and back to text: what fails is said, and fails alone."""

from __future__ import annotations

import gc
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import libcst as cst
import pytest

from oai_lint import config, engine, reading, rules
from oai_lint.config import Config, Selection
from oai_lint.facts import ApiCall, ClientInit, File
from oai_lint.patch import Change, Import, Insert, Replace, Safety
from oai_lint.reading import SyntaxFault
from oai_lint.rule import REGISTRY, Confidence, Finding, Rule, Severity
from oai_lint.source import Source

rules.load()

CLIENT = "from openai import OpenAI\n\nclient = OpenAI()\n"


@contextmanager
def rule(
    code: str, check: Callable[[Any, Any, File], Iterator[Finding]], fact: type = ClientInit
) -> Iterator[None]:
    """A rule for the time of a test; ``check`` gets the rule, the fact and the file."""

    def body(namespace: dict[str, Any]) -> None:
        namespace.update(
            code=code,
            message="{what}",
            severity=Severity.ERROR,
            safety=Safety.SAFE,
            fixes="Mend it",
            check=check,
        )

    temporary: Any = types.new_class("Temporary", (Rule[fact],), exec_body=body)  # type: ignore[valid-type]
    temporary.name = f"rule-{code.lower()}"
    config._expand.cache_clear()  # it remembers which rules there are by their number
    try:
        yield
    finally:
        del REGISTRY[code]


def only(*codes: str) -> Config:
    return Config(selections=(Selection(select=codes),), confidence=Confidence.LOW)


def found(text: str, *codes: str) -> list[tuple[str, str]]:
    return [(d.code, d.message) for d in engine.check(Source("app.py", text), only(*codes))]


def fixed(text: str, *codes: str, path: str = "app.py", **source: Any) -> engine.Fixed:
    return engine.fix(Source(path, text, **source), only(*codes), safety=Safety.UNSAFE)


def replaced(by: str) -> Callable[[Any, Any, File], Iterator[Finding]]:
    def check(self: Any, fact: Any, file: File) -> Iterator[Finding]:
        yield self.found(fact, fix=Replace(fact.node, (by,)), what="replaced")

    return check


# -- checking ----------------------------------------------------------------------------------


def test_a_rule_that_raises_is_reported_and_the_rest_go_on() -> None:
    def broken(self: Any, fact: Any, file: File) -> Iterator[Finding]:
        yield self.found(fact, what="seen before it broke")
        raise ZeroDivisionError("on\npurpose")

    def sound(self: Any, fact: Any, file: File) -> Iterator[Finding]:
        yield self.found(fact, what="fine")

    with rule("OAI997", broken), rule("OAI998", sound):
        messages = found(CLIENT, "OAI997", "OAI998")
    assert ("OAI998", "fine") in messages
    (internal,) = (message for code, message in messages if code == "OAI902")
    assert "rule-oai997" in internal
    assert "ZeroDivisionError: on purpose" in internal


def test_a_producer_that_raises_is_reported_for_every_rule_that_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(self: Any) -> Iterator[Any]:
        raise KeyError("facts")
        yield

    @dataclass
    class Odd:
        node: cst.CSTNode

    def sound(self: Any, fact: Any, file: File) -> Iterator[Finding]:
        yield self.found(fact, what="fine")

    monkeypatch.setitem(reading.PRODUCERS, Odd, broken)
    with rule("OAI997", sound, Odd), rule("OAI998", sound, Odd), rule("OAI999", sound):
        messages = found(CLIENT, "OAI997", "OAI998", "OAI999")
    assert [code for code, _ in messages] == ["OAI902", "OAI902", "OAI999"]


@pytest.mark.parametrize(
    "change",
    [Replace(cst.Name("nowhere"), ("x",)), Insert(cst.Name("x"), ("y",)), object()],
    ids=["a node of no tree", "not a call", "not a change"],
)
def test_a_fix_that_cannot_be_lowered_leaves_the_others(change: Change) -> None:
    def broken(self: Any, fact: Any, file: File) -> Iterator[Finding]:
        yield self.found(fact, fix=change, what="broken")

    with rule("OAI997", broken), rule("OAI998", replaced("OpenAI(timeout=1)")):
        codes = [code for code, _ in found(CLIENT, "OAI997", "OAI998")]
    assert "OAI998" in codes
    assert "OAI902" in codes or "OAI997" in codes


def test_a_finding_at_a_node_of_no_tree_is_reported_as_our_mistake() -> None:
    def broken(self: Any, fact: Any, file: File) -> Iterator[Finding]:
        yield self.found(cst.Name("nowhere"), what="broken")

    with rule("OAI997", broken), rule("OAI998", replaced("x")):
        codes = sorted(code for code, _ in found(CLIENT, "OAI997", "OAI998"))
    assert codes == ["OAI902", "OAI998"]


@pytest.mark.parametrize(
    ("text", "reason", "where"),
    [
        ("import openai\nx = (\n", "was never closed", "("),
        ("import openai\nif x:\npass\n", "expected an indented block", "pass"),
        ("import openai\nx = 'a\n", "unterminated string", "'a"),
        ("import openai\0\n", "NUL", "\0"),
        ("import openai\nx = " + "[" * 300 + "]" * 300, "brackets nested too deeply", "["),
        ("import openai\nx = " + "f(" * 5_000 + ")" * 5_000, "brackets nested too deeply", "("),
        ("import openai\n" + "".join(" " * n + "if x:\n" for n in range(150)) + " " * 150 + "pass",
         "too many", ""),
        ("import openai\nx = 'a' b'b'\n", "annot concatenate", "'a' b"),
        ("import openai\ntry: x\nexcept: y\nexcept E: z\n", "must be the last", "try"),
    ],
    ids=["open", "indent", "string", "nul", "deep", "deeper", "indents", "mixed", "bare"],
)  # fmt: skip
def test_text_that_is_not_python_is_one_finding_with_a_reason(
    text: str, reason: str, where: str
) -> None:
    (diagnostic,) = engine.check(Source("app.py", text), Config())
    assert diagnostic.code == "OAI900"
    assert reason in diagnostic.message
    assert "\n" not in diagnostic.message
    assert text[diagnostic.start :].startswith(where)
    result = engine.fix(Source("app.py", text), Config(), safety=Safety.UNSAFE)
    assert (result.text, result.applied, result.failed) == (text, (), ())


def test_what_python_says_of_code_that_is_fixed_is_not_passed_on(
    recwarn: pytest.WarningsRecorder,
) -> None:
    with rule("OAI998", replaced("OpenAI(timeout=1)")):
        result = engine.fix(Source("app.py", f"{CLIENT}if x is 3: 1()\n"), only("OAI998"))
    assert result.applied
    assert not recwarn.list


DEEP: dict[str, Callable[[int], str]] = {
    "additions": lambda n: "x = " + " + ".join(["'a'"] * n),
    "implicit concatenation": lambda n: "x = (" + "\n".join(["'a'"] * n) + ")",
    "methods": lambda n: "x = a" + ".f()" * n,
    "minus": lambda n: "x = " + "-" * n + "1",
    "not": lambda n: "x = " + "not " * n + "1",
    "and": lambda n: "x = " + " and ".join(["a"] * n),
    "conditionals": lambda n: "x = " + "1 if a else " * n + "1",
    "elif": lambda n: "if a:\n    x = 1\n" + "elif a:\n    x = 2\n" * n,
    "assignments": lambda n: "x = ''\n" + "x += 'a'\n" * n,
    "wrappers": lambda n: "x = f\n" + "x = x(x)\n" * n,
    "functions": lambda n: (
        "".join(f"def f{i}():\n    return f{i + 1}()\n" for i in range(n)) + "x = f0()"
    ),
    "brackets": lambda n: "x = " + "[" * min(n, 190) + "]" * min(n, 190),
}


@pytest.mark.parametrize("count", [60, 450])
@pytest.mark.parametrize("kind", DEEP)
def test_deep_code_is_read_like_any_other(kind: str, count: int) -> None:
    text = f"{CLIENT}{DEEP[kind](count)}\nOpenAI(api_key=x)\n"

    def used(self: Any, fact: Any, file: File) -> Iterator[Finding]:
        assert fact.call["api_key"] is None or fact.call["api_key"].values is not None
        yield self.found(fact, what="read")

    with rule("OAI998", used):
        messages = found(text, "OAI998")
    assert messages == [("OAI998", "read")] * 2


def test_brackets_in_strings_and_comments_are_not_deep() -> None:
    text = CLIENT + "x = '" + "(" * 500 + "'\n# " + "[" * 500 + '\ny = """' + "{" * 500 + '"""\n'
    assert not [m for c, m in found(text, "OAI111") if c == "OAI900"]


def test_a_panic_of_the_parser_is_an_unparsable_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        """As pyo3's PanicException: no Exception."""

    def panic(text: str) -> cst.Module:
        raise Panic("index out of bounds")

    monkeypatch.setattr(cst, "parse_module", panic)
    (diagnostic,) = engine.check(Source("app.py", CLIENT), Config())
    assert diagnostic.code == "OAI900"
    assert "index out of bounds" in diagnostic.message


def test_an_interrupt_is_no_panic(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(text: str) -> cst.Module:
        raise KeyboardInterrupt

    monkeypatch.setattr(cst, "parse_module", interrupted)
    with pytest.raises(KeyboardInterrupt):
        engine.check(Source("app.py", CLIENT), Config())


def test_recursion_without_end_is_said_not_raised() -> None:
    def endless(self: Any, fact: Any, file: File) -> Iterator[Finding]:
        def deeper() -> None:
            deeper()

        deeper()
        yield self.found(fact, what="never")

    program = (
        "import threading\nfrom oai_lint.reading import with_room, SyntaxFault\n"
        "def deeper(): deeper()\n"
        "try:\n    with_room(deeper)\nexcept SyntaxFault as fault:\n    print(fault.reason)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.strip() == "the code is nested too deeply to be read", done.stderr[-300:]
    assert SyntaxFault(0, "x").reason == "x"


# -- fixing ------------------------------------------------------------------------------------


def test_a_fix_is_applied_and_what_is_left_is_about_the_new_text() -> None:
    def check(self: Any, fact: Any, file: File) -> Iterator[Finding]:
        if not fact.call.keywords:
            yield self.found(fact, fix=Insert(fact.node, ("timeout=60",)), what="no timeout")

    with rule("OAI998", check):
        result = fixed(CLIENT, "OAI998")
    assert result.text == CLIENT.replace("OpenAI()", "OpenAI(timeout=60)")
    assert [d.code for d in result.applied] == ["OAI998"]
    assert result.left == ()


def test_fixes_that_undo_each_other_end() -> None:
    def there(self: Any, fact: Any, file: File) -> Iterator[Finding]:
        by = "OpenAI(a=1)" if fact.call["a"] is None else "OpenAI()"
        yield self.found(fact, fix=Replace(fact.node, (by,)), what="to and fro")

    with rule("OAI998", there):
        result = fixed(CLIENT, "OAI998")
    assert result.text == CLIENT.replace("OpenAI()", "OpenAI(a=1)")
    assert len(result.applied) == 1
    assert [d.code for d in result.left] == ["OAI998"]


def test_a_fix_that_never_ends_is_stopped() -> None:
    def grow(self: Any, fact: Any, file: File) -> Iterator[Finding]:
        yield self.found(fact, fix=Insert(fact.node, (f"a{len(fact.call.keywords)}=1",)), what="+")

    with rule("OAI998", grow):
        result = fixed(CLIENT, "OAI998")
    assert result.text.count("=1") == engine.MOST_ROUNDS
    assert len(result.applied) == engine.MOST_ROUNDS
    assert len(result.left) == 1


@pytest.mark.parametrize("by", ["OpenAI(", "OpenAI(a=1, a=2)", "return"])
def test_text_that_would_not_parse_is_refused_and_the_rules_are_named(by: str) -> None:
    with rule("OAI997", replaced(by)):
        result = fixed(CLIENT, "OAI997")
    assert (result.text, result.applied, result.failed) == (CLIENT, (), ("OAI997",))
    assert [d.code for d in result.left] == ["OAI997"]


def test_a_fix_that_the_encoding_lacks_is_left_and_the_rest_applied() -> None:
    text = CLIENT + "OpenAI(organization='é')\n"

    def check(self: Any, fact: Any, file: File) -> Iterator[Finding]:
        if fact.call["timeout"] is None:
            value = "'€'" if fact.call["organization"] else "1"
            yield self.found(fact, fix=Insert(fact.node, (f"timeout={value}",)), what="no timeout")

    with rule("OAI998", check):
        result = fixed(text, "OAI998", encoding="latin-1")
    assert result.text == text.replace("OpenAI()", "OpenAI(timeout=1)")
    assert len(result.left) == 1


def test_a_file_that_cannot_be_written_back_to_the_byte_is_left() -> None:
    data = b"# coding: utf-7\n" + b"x = '+AGEAYgBj-'\n" + CLIENT.encode()
    source = Source.from_bytes("app.py", data)
    with rule("OAI998", replaced("OpenAI(timeout=1)")):
        result = engine.fix(source, only("OAI998"))
    assert (result.text, result.applied) == (source.text, ())
    assert [d.code for d in result.left] == ["OAI998"]


def test_only_imports_that_the_fix_left_unused_go() -> None:
    text = "import os\nimport sys\n" + CLIENT.replace("OpenAI()", "OpenAI(a=os.environ)")
    with rule("OAI998", replaced("OpenAI()")):
        result = fixed(text, "OAI998")
    assert result.text == "import sys\n" + CLIENT


def test_imports_that_begin_a_file_go_with_the_empty_lines_after_them() -> None:
    text = (
        "import os\nimport ssl\n\nfrom openai import OpenAI\n\n"
        'os.environ["CURL_CA_BUNDLE"] = ""\n'
        "ssl._create_default_https_context = ssl._create_unverified_context\n"
        "client = OpenAI()\n"
    )
    fixed = engine.fix(Source("app.py", text), Config(), safety=Safety.UNSAFE).text
    assert fixed == "from openai import OpenAI\n\nclient = OpenAI()\n"
    documented = f'"""It asks."""\n\n{text}'
    fixed = engine.fix(Source("app.py", documented), Config(), safety=Safety.UNSAFE).text
    assert fixed == '"""It asks."""\n\nfrom openai import OpenAI\n\nclient = OpenAI()\n'


def test_imports_of_a_package_stay() -> None:
    text = "import os\n" + CLIENT.replace("OpenAI()", "OpenAI(a=os.environ)")
    with rule("OAI998", replaced("OpenAI()")):
        result = fixed(text, "OAI998", path="app/__init__.py")
    assert result.text == "import os\n" + CLIENT


def test_two_fixes_that_want_one_import_get_one() -> None:
    def check(self: Any, fact: Any, file: File) -> Iterator[Finding]:
        if fact.call["timeout"] is None:
            fix = (Insert(fact.node, ("timeout=os.O_RDONLY",)), Import("os"))
            yield self.found(fact, fix=fix, what="no timeout")

    with rule("OAI998", check):
        result = fixed(CLIENT + "other = OpenAI()\n", "OAI998")
    assert result.text == "import os\n\n" + (CLIENT + "other = OpenAI()\n").replace(
        "OpenAI()", "OpenAI(timeout=os.O_RDONLY)"
    )


def test_a_fix_that_would_lose_a_comment_is_not_safe() -> None:
    text = CLIENT.replace("OpenAI()", "OpenAI(\n    a=1,  # why\n)")
    with rule("OAI998", replaced("OpenAI()")):
        (diagnostic,) = engine.check(Source("app.py", text), only("OAI998"))
        (kept,) = engine.check(Source("app.py", CLIENT.replace("()", "('#')")), only("OAI998"))
    assert diagnostic.fix is not None
    assert diagnostic.fix.safety is Safety.UNSAFE
    assert kept.fix is not None
    assert kept.fix.safety is Safety.SAFE


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_newlines_stay_as_they_are(newline: str) -> None:
    text = f"# é{newline}" + CLIENT.replace("\n", newline)

    def check(self: Any, fact: Any, file: File) -> Iterator[Finding]:
        if fact.call["timeout"] is None:
            fix = (Insert(fact.node, ("timeout=os.O_RDONLY",)), Import("os"))
            yield self.found(fact, fix=fix, what="no timeout")

    with rule("OAI998", check):
        result = fixed(text, "OAI998")
    assert "timeout" in result.text
    assert result.text.replace("\r\n", "").replace(newline, "").strip("\r\n") == (
        result.text.replace("\r", "").replace("\n", "")
    )


def test_a_tree_is_freed_without_pythons_collector() -> None:
    text = (
        "import os\nfrom openai import OpenAI\n\n\nclass Bot:\n    def __init__(self):\n"
        "        self.kwargs = {}\n        self.kwargs['api_key'] = os.environ['OPENAI_API_KEY']\n"
        "        self.client = OpenAI(timeout=0, **self.kwargs)\n\n    def ask(self):\n"
        "        try:\n            return self.client.chat.completions.create(model='gpt-4o')\n"
        "        except Exception as error:\n            print(error)\n"
    )
    assert engine.check(Source("bot.py", text), Config())
    gc.collect()
    gc.disable()
    try:
        engine.check(Source("bot.py", text), Config())
        left = [item for item in gc.get_objects() if type(item) is cst.Module]
    finally:
        gc.enable()
    assert not left


def test_facts_without_a_finding_cost_no_positions(monkeypatch: pytest.MonkeyPatch) -> None:
    from oai_lint.reading.spans import Spans

    def refuse(*_: object) -> None:
        raise AssertionError("positions were asked for")

    monkeypatch.setattr(Spans, "__getitem__", refuse)

    def quiet(self: Any, fact: Any, file: File) -> Iterator[Finding]:
        yield from ()

    with rule("OAI998", quiet, ApiCall):
        assert found(CLIENT + "client.chat.completions.create()\n", "OAI998") == []


def test_a_comment_about_a_finding_that_is_not_sure_enough_is_used() -> None:
    text = (
        "from openai import OpenAI\n\n\n"
        "def ask(prompt):\n"
        "    client = OpenAI()  # oai-lint: ignore[client-per-call]\n"
        "    return client.responses.create(model='gpt-6-luna', input=prompt)\n"
    )
    unsilenced = text.replace("  # oai-lint: ignore[client-per-call]", "")
    sure = Config(confidence=Confidence.HIGH)
    assert [d.code for d in engine.check(Source("app.py", unsilenced), Config())] == ["OAI502"]
    assert engine.check(Source("app.py", unsilenced), sure) == []
    assert engine.check(Source("app.py", text), sure) == []
    assert engine.check(Source("app.py", text), Config()) == []


def test_what_a_rule_learnt_of_one_file_is_forgotten_in_the_next() -> None:
    def counting(self: Any, fact: Any, file: File) -> Iterator[Finding]:
        self.seen = getattr(self, "seen", 0) + 1
        yield self.found(fact, what=f"client {self.seen}")

    with rule("OAI997", counting):
        settings = only("OAI997")
        files = [Source(name, CLIENT) for name in ("one.py", "two.py")]
        messages = [d.message for file in files for d in engine.check(file, settings)]
    assert messages == ["client 1", "client 1"]
