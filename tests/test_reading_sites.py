"""Where a fact stands: its loops, function and names, and whether a version check guards it."""

from __future__ import annotations

import textwrap

import libcst as cst
import pytest

from oai_lint.reading.sites import NodeSite
from tests.reading import calls, reading_of


def site(text: str) -> NodeSite:
    reading = reading_of(textwrap.dedent(text))
    return reading.site(calls(reading, "use")[0])


GUARDED = {
    "openai.__version__": "if openai.__version__ < '1':\n    use()",
    "its else": "if openai.__version__ < '1':\n    pass\nelse:\n    use()",
    "an elif": "if a:\n    pass\nelif openai.VERSION[0] == '0':\n    use()",
    "version of the package": "import openai.version\nif openai.version.VERSION < '1':\n    use()",
    "from": "from openai import __version__\nif __version__ < '1':\n    use()",
    "from, renamed": "from openai import __version__ as v\nif v.startswith('0'):\n    use()",
    "metadata": "from importlib.metadata import version\nif version('openai') < '1':\n    use()",
    "metadata by module": "import importlib.metadata\n"
    "if importlib.metadata.version('openai') < '1':\n    use()",
    "packaging": "from packaging.version import parse\n"
    "if parse(openai.__version__) < parse('1'):\n    use()",
    "packaging's class": "from packaging import version\n"
    "if version.Version(openai.__version__) < version.Version('1'):\n    use()",
    "pkg_resources": "import pkg_resources\n"
    "if pkg_resources.get_distribution('openai').version < '1':\n    use()",
    "split": "if int(openai.__version__.split('.')[0]) < 1:\n    use()",
    "httpx": "import httpx\nif httpx.__version__ < '0.28':\n    use()",
    "python": "import sys\nif sys.version_info < (3, 8):\n    use()",
    "hasattr": "if not hasattr(openai, 'OpenAI'):\n    use()",
    "hasattr, else": "if hasattr(openai, 'OpenAI'):\n    pass\nelse:\n    use()",
    "hasattr and more": "if hasattr(openai, 'OpenAI') and a:\n    pass\nelse:\n    use()",
    "a flag": "V1 = openai.__version__ >= '1'\nif not V1:\n    use()",
    "a flag in a function": "V1 = openai.__version__ >= '1'\n"
    "def f():\n    if not V1:\n        use()",
    "a flag by hasattr": "V1 = hasattr(openai, 'OpenAI')\ndef f():\n    if V1:\n        use()",
    "a flag by import": "try:\n    from openai import OpenAI\n    V1 = True\nexcept ImportError:\n"
    "    V1 = False\nif not V1:\n    use()",
    "a flag from elsewhere": "from .compat import is_openai_v1\nif not is_openai_v1:\n    use()",
    "a helper": "def is_old():\n    return openai.__version__ < '1'\nif is_old():\n    use()",
    "a helper from elsewhere": "from transformers.utils import is_openai_available\n"
    "from x import openai_version_below\nif openai_version_below('1'):\n    use()",
    "a conditional expression": "x = use() if openai.__version__ < '1' else None",
    "an early return": "def f():\n    if openai.__version__ >= '1':\n        return\n    use()",
    "an early raise": "if openai.__version__ >= '1':\n    raise E\nuse()",
    "an early continue": "for a in b:\n"
    "    if hasattr(openai, 'OpenAI'):\n        continue\n    use()",
    "a decorator": "@skipif(openai.__version__ >= '1')\ndef f():\n    use()",
    "a decorated class": "@skipif(openai.__version__ >= '1')\nclass C:\n    def f(self):\n"
    "        use()",
    "a fallback": "try:\n    from openai import OpenAI\nexcept ImportError:\n    use()",
    "a fallback for an attribute": "try:\n    x = openai.OpenAI()\n"
    "except AttributeError:\n    use()",
    "deeper": "if openai.__version__ < '1':\n    for a in b:\n        with c:\n            use()",
    "a function inside": "if openai.__version__ < '1':\n    def f():\n        use()",
}

OPEN = {
    "no check": "use()",
    "another check": "if a:\n    use()",
    "a placeholder": "if hasattr(openai, 'ChatCompletion'):\n    use()",
    "hasattr of something else": "if hasattr(a, 'OpenAI'):\n    use()",
    "the test itself": "if use(openai.__version__):\n    pass",
    "after the check": "if openai.__version__ < '1':\n    pass\nuse()",
    "before an early return": "def f():\n    use()\n"
    "    if openai.__version__ >= '1':\n        return",
    "another exception": "try:\n    openai.OpenAI()\nexcept ValueError:\n    use()",
    "a fallback for another": "try:\n    import yaml\nexcept ImportError:\n    use()",
    "a check of something else": "if len(openai.api_key) > 3:\n    use()",
    "in the body of the try": "try:\n    use()\nexcept ImportError:\n    pass",
    "a flag of something else": "V = len(a) > 3\nif V:\n    use()",
}


@pytest.mark.parametrize("text", [pytest.param(t, id=n) for n, t in GUARDED.items()])
def test_code_for_some_versions_only_is_guarded(text: str) -> None:
    assert site("import openai\n" + text).guarded


@pytest.mark.parametrize("text", [pytest.param(t, id=n) for n, t in OPEN.items()])
def test_code_for_every_version_is_not_guarded(text: str) -> None:
    assert not site("import openai\n" + text).guarded


def test_an_import_that_may_fail_is_guarded() -> None:
    reading = reading_of("try:\n    import openai.error\nexcept ImportError:\n    pass\n")
    (alias,) = reading.tree.nodes[cst.ImportAlias]
    assert reading.site(alias).guarded


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("use()", 0),
        ("for a in b:\n    use()", 1),
        ("for a in use():\n    pass", 0),
        ("for a in b:\n    pass\nelse:\n    use()", 0),
        ("while a:\n    use()", 1),
        ("while use():\n    pass", 1),
        ("for a in b:\n    for c in d:\n        use()", 2),
        ("for a in b:\n    def f():\n        use()", 0),
        ("for a in b:\n    class C:\n        x = use()", 1),
        ("[use() for a in b]", 1),
        ("[a for a in use()]", 0),
        ("[a for a in b if use()]", 1),
        ("[a for a in b for c in use()]", 1),
        ("[use() for a in b for c in d]", 2),
        ("{a: use() for a in b}", 1),
        ("f(use() for a in b)", 1),
        ("for a in b:\n    x = [c for c in use()]", 1),
        ("for a in b:\n    f(lambda: use())", 0),
    ],
)
def test_loops_that_repeat_it_are_counted(text: str, count: int) -> None:
    assert site(text).loops == count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("async def f():\n    await use()", (True, True)),
        ("async def f():\n    use()", (False, True)),
        ("async def f():\n    async with use(): pass", (True, True)),
        ("async def f():\n    with use(): pass", (False, True)),
        ("async def f():\n    async for a in use(): pass", (True, True)),
        ("async def f():\n    [a async for a in use()]", (True, True)),
        ("async def f():\n    await g(use())", (False, True)),
        ("async def f():\n    await (use())", (True, True)),
        ("async def f():\n    def g():\n        use()", (False, False)),
        ("async def f():\n    lambda: use()", (False, False)),
        ("async def f(a=use()): pass", (False, False)),
        ("def f():\n    use()", (False, False)),
    ],
)
def test_it_is_known_whether_it_is_awaited_and_in_a_coroutine(
    text: str, expected: tuple[bool, bool]
) -> None:
    found = site(text)
    assert (found.awaited, found.in_async) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x = use()", ("x",)),
        ("x = y = use()", ("x", "y")),
        ("x: A = use()", ("x",)),
        ("self.x = use()", ("self.x",)),
        ("x, y = use()", ()),
        ("x[0] = use()", ()),
        ("x = f(use())", ()),
        ("(x := use())", ("x",)),
        ("with use() as x: pass", ("x",)),
        ("async def f():\n    x = await use()", ("x",)),
        ("async def f():\n    async with use() as x: pass", ("x",)),
        ("use()", ()),
    ],
)
def test_names_are_those_it_is_assigned_to(text: str, names: tuple[str, ...]) -> None:
    assert tuple(site(text).names) == names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f():\n    return use()", True),
        ("def f():\n    yield use()", True),
        ("async def f():\n    return await use()", True),
        ("lambda: use()", True),
        ("def f():\n    return g(use())", False),
        ("def f():\n    use()", False),
    ],
)
def test_returned_is_what_a_function_hands_back(text: str, expected: bool) -> None:
    assert site(text).returned is expected


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("use()", "Expr", ""),
        ("def f():\n    x = use()", "Assign", "f"),
        ("def f():\n    if use(): pass", "If", "f"),
        ("with use(): pass", "With", ""),
        ("class C:\n    def g(self):\n        return use()", "Return", "g"),
        ("f = lambda: use()", "Assign", ""),
        ("def f(a=use()): pass", "FunctionDef", ""),
        ("a; use()", "Expr", ""),
    ],
)
def test_the_statement_and_the_function_around_it_are_known(
    text: str, kind: str, name: str
) -> None:
    found = site(text)
    assert type(found.statement).__name__ == kind
    assert found.function_name == name
    assert found.at_module_level is (found.function is None)


def test_conditions_are_the_tests_around_it_nearest_first() -> None:
    text = "if a:\n    pass\nelif b:\n    while c:\n        x = use() if d else e"
    assert list(site(text).conditions) == ["d", "c", "b", "a"]
    assert list(site("if a:\n    def f():\n        use()").conditions) == []
    assert list(site("if use():\n    pass").conditions) == []


def test_order_grows_along_the_file() -> None:
    reading = reading_of("@use()\nclass A(use()):\n    x = use() if use() else use()\nuse()\n")
    found = calls(reading, "use")
    orders = [reading.site(node).order for node in found]
    assert orders == sorted(orders)
    assert len(found) == 6
