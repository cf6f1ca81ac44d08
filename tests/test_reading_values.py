"""What expressions are worth: every way in which public code hands a key, a URL or a client on."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest

from oai_lint.reading import with_room
from oai_lint.reading.values import MOST_VALUES
from tests.reading import calls, reading_of, shown, used

CLIENT = "openai.OpenAI()"

TEXTS = {
    "a literal": ("use('a')", "'a'"),
    "numbers": ("use(-1)", "-1"),
    "not": ("use(not True)", "False"),
    "bytes": ("use(b'a')", "b'a'"),
    "implicit concatenation": ("use('a' \"b\" '''c''')", "'abc'"),
    "concatenation": ("x = 'b'\nuse('a' + x + 'c')", "'abc'"),
    "an f-string": ("x = 'b'\nuse(f'a{x}c{1}')", "'abc1'"),
    "an f-string with braces and escapes": ("use(f'{{a}}\\n\\'')", "\"{a}\\n'\""),
    "a raw f-string": ("use(rf'a\\n')", "'a\\\\n'"),
    "an f-string with a format": ("use(f'a{1:03}')", "text(a{?})"),
    "an f-string with a conversion": ("use(f'a{x!r}')", "text(a{?})"),
    "an f-string with an unknown part": ("use(f'a{x}b')", "text(a{?}b)"),
    "an f-string in an f-string": ("x = 'b'\nuse(f'a{f\"{x}c\"}')", "'abc'"),
    "percent": ("use('a%s' % 'b')", "'ab'"),
    "percent with a tuple": ("use('%s-%s' % ('a', x))", "text(a-{?})"),
    "percent with more": ("use('%d' % 1)", "?"),
    "a percent sign": ("use('100%% %s' % 'a')", "?"),
    "too few for percent": ("use('%s%s' % ('a',))", "?"),
    "format": ("use('{}/{}'.format('a', 'b'))", "'a/b'"),
    "format by number": ("use('{1}{0}'.format('a', 'b'))", "'ba'"),
    "format by name": ("use('{a}{{}}'.format(a='b'))", "'b{}'"),
    "format with an attribute": ("use('{a.b}'.format(a=1))", "text({?})"),
    "format with too few": ("use('{} {}'.format('a'))", "text(a {?})"),
    "format that is broken": ("use('{'.format())", "?"),
    "join": ("use(''.join(['a', 'b']))", "?"),
    "methods of text": ("use(' A '.strip().lower().replace('a', 'b'))", "'b'"),
    "methods that fail": ("use('a'.replace('b'))", "?"),
    "encode": ("use('é'.encode())", repr("é".encode())),
    "str": ("use(str('a'))", "'a'"),
    "augmented": ("x = 'a'\nx += 'b'\nx += 'c'\nuse(x)", "'abc'"),
    "augmented in a branch": ("x = 'a'\nif c:\n    x += 'b'\nuse(x)", "'a' | 'ab'"),
    "a union in a sum": ("use('a' + ('b' if c else 'd'))", "'ab' | 'ad'"),
    "times": ("use('a' * 3)", "?"),
    "numbers are not joined": ("use(1 + 2)", "?"),
    "an item of text": ("use('abc'[0])", "?"),
    "a conditional": ("use('a' if c else 'b')", "'a' | 'b'"),
    "or": ("use('' or 'b')", "'b'"),
    "or with an unknown": ("use(x or 'b')", "'b' | ?"),
    "and": ("use(x and 'b')", "'b' | ?"),
    "and with a known": ("use('' and 'b')", "''"),
    "or with a true one": ("use('a' or 'b')", "'a'"),
    "a walrus": ("use((x := 'a'))", "'a'"),
    "a number too long for Python": (f"use({'9' * 5_000})", "UNKNOWN"),
    "urljoin": (
        "from urllib.parse import urljoin\nuse(urljoin('https://a/b', 'c'))", "'https://a/c'",
    ),
}  # fmt: skip

NAMES = {
    "a constant": ("A = 'a'\nuse(A)", "'a'"),
    "a constant in a function": ("A = 'a'\ndef f():\n    use(A)", "'a'"),
    "branches": ("if c:\n    x = 1\nelse:\n    x = 2\nuse(x)", "1 | 2"),
    "unpacking": ("a, (b, c) = 1, (2, 3)\nuse(c)", "3"),
    "unpacking with a star": ("a, *b, c = 1, 2, 3\nuse(c)", "?"),
    "unpacking before the star": ("a, *b = 1, 2, 3\nuse(a)", "1"),
    "swapping": ("a, b = 1, 2\na, b = b, a\nuse(a)", "2"),
    "a loop over a literal": ("for x in ('a', 'b'):\n    use(x)", "'a' | 'b'"),
    "a loop over pairs": ("for a, b in [(1, 2), (3, 4)]:\n    use(b)", "2 | 4"),
    "a loop with enumerate": ("for i, x in enumerate(['a']):\n    use(x)", "'a'"),
    "a loop over a call": ("import a\nfor x in a.f():\n    use(x)", "a.f()[*]"),
    "a comprehension": ("[use(x) for x in ['a']]", "'a'"),
    "a name that is its own iterable": ("x = ['a']\nuse([x for x in x])", "?"),
    "match captures": ("match c:\n    case x:\n        use(x)", "?"),
    "del": ("x = 1\ndel x\nx = 2\nuse(x)", "2"),
    "a builtin": ("use(print)", "builtins.print"),
    "a name from nowhere": ("use(nowhere)", "?"),
    "global": ("x = None\ndef f():\n    global x\n    x = 1\ndef g():\n    use(x)", "1 | None"),
    "nonlocal": (
        "def f():\n    x = None\n    def g():\n        nonlocal x\n        x = 1\n    use(x)",
        "1 | None",
    ),
    "a cycle": ("def f():\n    while c:\n        x = y\n        y = x\n    use(x)", ""),
    "a cycle with a way in": ("x = 1\nwhile c:\n    y = x\n    x = y\nuse(y)", "1"),
    "a cycle read from both ends": (
        "x = 1\nwhile c:\n    y = x\n    x = y if c else 2\nuse(x)", "1 | 2",
    ),
}  # fmt: skip

IMPORTS = {
    "import": ("import openai\nuse(openai.OpenAI)", "openai.OpenAI"),
    "import as": ("import openai as oa\nuse(oa.OpenAI())", CLIENT),
    "import of a submodule": ("import openai.error\nuse(openai.error.E)", "openai.error.E"),
    "import of a submodule as": ("import openai.error as e\nuse(e.E)", "openai.error.E"),
    "from": ("from openai import OpenAI\nuse(OpenAI())", CLIENT),
    "from as": ("from openai import OpenAI as O\nuse(O())", CLIENT),
    "from a private module": ("from openai._client import OpenAI\nuse(OpenAI())", CLIENT),
    "another door": ("from openai import Client\nuse(Client())", CLIENT),
    "star": ("from openai import *\nuse(OpenAI())", CLIENT),
    "star of another": ("from os import *\nuse(OpenAI())", "?"),
    "relative": ("from .openai import OpenAI\nuse(OpenAI())", ".openai.OpenAI()"),
    "a package of the project": ("from app.openai import OpenAI\nuse(OpenAI)", "app.openai.OpenAI"),
    "from another vendor": ("from groq import Groq as OpenAI\nuse(OpenAI())", "groq.Groq()"),
    "in a function": ("def f():\n    import openai\n    use(openai.X)", "openai.X"),
    "in another function": ("def g():\n    import openai\ndef f():\n    use(openai.X)", "?"),
    "guarded": (
        "try:\n    import openai\nexcept ImportError:\n    openai = None\nuse(openai.X)",
        "openai.X",
    ),
    "either of two": (
        "try:\n    from a import X\nexcept ImportError:\n    from b import X\nuse(X)", "a.X | b.X",
    ),
    "rebound after use": (
        "import openai\nuse(openai.OpenAI)\nopenai = wrap(openai)", "openai.OpenAI",
    ),
    "rebound before use": ("import openai\nopenai = wrap(openai)\nuse(openai.OpenAI)", "?"),
    "rebound, seen from a function": (
        "import openai\ndef f():\n    use(openai.OpenAI)\nopenai = wrap(openai)", "?",
    ),
    "a local of that name": ("import openai\ndef f(openai):\n    use(openai.OpenAI)",
                             "?"),
    "a class of the project": ("class OpenAI: pass\nuse(OpenAI())", "object(OpenAI)"),
    "getattr": ("import openai\nuse(getattr(openai, 'OpenAI')())", CLIENT),
    "getattr of an unknown": ("import openai\nuse(getattr(openai, x))", "builtins.getattr()"),
    "configured": ("from app.llm import client\nuse(client.chat)", "app.llm.client.chat"),
}  # fmt: skip

FLOWS = {
    "through a name": ("client = OpenAI()\nuse(client)", CLIENT),
    "until it is built": ("client = None\nif c:\n    client = OpenAI()\nuse(client)",
                          f"None | {CLIENT}"),
    "shadowing a module": (
        "import client\nclient = OpenAI()\nuse(client)", CLIENT,
    ),
    "as": ("with OpenAI() as client:\n    use(client)", CLIENT),
    "async with as": (
        "async def f():\n    async with OpenAI() as client:\n        use(client)", CLIENT,
    ),
    "closing": (
        "from contextlib import closing\nwith closing(OpenAI()) as client:\n    use(client)",
        CLIENT,
    ),
    "enter_context": (
        "from contextlib import ExitStack\nwith ExitStack() as s:\n"
        "    use(s.enter_context(OpenAI()))", CLIENT,
    ),
    "a helper": ("def make():\n    return OpenAI()\nuse(make())", CLIENT),
    "a helper with a name": ("def make():\n    c = OpenAI()\n    return c\nuse(make())", CLIENT),
    "a helper with two ends": (
        "def make(a):\n    if a:\n        return OpenAI()\n    return None\nuse(make(1))",
        f"None | {CLIENT}",
    ),
    "a cached helper": (
        "import functools\n@functools.cache\ndef make():\n    return OpenAI()\nuse(make())", CLIENT,
    ),
    "a decorated helper": ("@wrap\ndef make():\n    return OpenAI()\nuse(make())", "?"),
    "a generator": ("def make():\n    yield OpenAI()\nuse(make())", "?"),
    "a context manager of the file": (
        "from contextlib import contextmanager\n@contextmanager\ndef make():\n"
        "    yield OpenAI()\nwith make() as client:\n    use(client)", CLIENT,
    ),
    "an async helper": (
        "async def make():\n    return OpenAI()\nasync def f():\n    use(await make())", CLIENT,
    ),
    "a recursive helper": (
        "def make(n):\n    return make(n - 1) if n else OpenAI()\nuse(make(3))", CLIENT,
    ),
    "helpers that call each other": (
        "def a():\n    return b()\ndef b():\n    return a()\nuse(a())", "?",
    ),
    "a lambda": ("make = lambda: OpenAI()\nuse(make())", CLIENT),
    "partial": ("import functools\nmake = functools.partial(OpenAI, timeout=1)\nuse(make())",
                CLIENT),
    "partial of partial": (
        "from functools import partial\nuse(partial(partial(OpenAI), a=1)())", CLIENT,
    ),
    "an attribute": ("client = OpenAI()\nchat = client.chat\nuse(chat.completions)",
                     f"{CLIENT}.chat.completions"),
    "a bound method": ("create = OpenAI().chat.create\nuse(create())", f"{CLIENT}.chat.create()"),
    "an item": ("r = OpenAI().f()\nuse(r['a'][0].b)", f"{CLIENT}.f()['a'][0].b"),
    "any item": ("r = OpenAI().f()\nuse(r[i])", f"{CLIENT}.f()[*]"),
    "awaited": ("async def f():\n    use(await OpenAI().f())", f"{CLIENT}.f()"),
    "asyncio.run": ("import asyncio\nuse(asyncio.run(OpenAI().f()))", f"{CLIENT}.f()"),
    "cast": ("from typing import cast\nuse(cast(X, OpenAI()))", CLIENT),
    "in a dict": ("d = {'a': OpenAI()}\nuse(d['a'])", CLIENT),
    "in a dict, by get": ("d = {'a': OpenAI()}\nuse(d.get('a'))", CLIENT),
    "in a list": ("d = [OpenAI()]\nuse(d[0])", CLIENT),
    "in a list from the end": ("d = [1, OpenAI()]\nuse(d[-1])", CLIENT),
    "out of a list": ("d = [OpenAI()]\nuse(d[1])", "?"),
    "in nested calls": ("import a\nuse(a.wrap(OpenAI()))", "a.wrap()"),
    "a default": ("def f(client=OpenAI()):\n    use(client)", CLIENT),
    "a default of None": ("def f(client=None):\n    use(client)", "parameter(client)"),
    "no default": ("def f(client):\n    use(client)", "parameter(client)"),
    "star arguments": ("def f(*client):\n    use(client)", "?"),
    "a parameter that is filled in": (
        "def f(client=None):\n    client = client or OpenAI()\n    use(client)",
        f"{CLIENT} | parameter(client)",
    ),
    "an annotation": ("def f(client: OpenAI):\n    use(client)", CLIENT),
    "an optional annotation": (
        "from typing import Optional\ndef f(client: Optional[OpenAI] = None):\n    use(client)",
        CLIENT,
    ),
    "an annotation with a bar": ("def f(client: OpenAI | None = None):\n    use(client)", CLIENT),
    "a quoted annotation": ("def f(client: 'OpenAI'):\n    use(client)", CLIENT),
    "a quoted dotted annotation": ("import openai\ndef f(c: 'openai.OpenAI'):\n    use(c)", CLIENT),
    "an annotated name": ("client: OpenAI\nuse(client)", CLIENT),
    "another annotation": ("def f(client: list[OpenAI]):\n    use(client)", "parameter(client)"),
}  # fmt: skip

CLASSES = {
    "self": ("def __init__(self):\n        self.c = OpenAI()", "self.c", CLIENT),
    "self, set later in the class": (
        "def f(self):\n        pass\n    def set(self):\n        self.c = OpenAI()",
        "self.c", CLIENT,
    ),
    "self, two ways": (
        "def __init__(self):\n        self.c = None\n    def set(self):\n        self.c = OpenAI()",
        "self.c", f"None | {CLIENT}",
    ),
    "self, on one path": (
        "def __init__(self, a):\n        if a:\n            self.c = 1\n        else:\n"
        "            self.c = OpenAI()", "self.c", f"1 | {CLIENT}",
    ),
    "a class attribute": ("c = OpenAI()", "self.c", CLIENT),
    "a class attribute by class": ("c = OpenAI()", "C.c", CLIENT),
    "a class attribute of an object": ("c = OpenAI()", "C().c", CLIENT),
    "an annotated attribute": ("c: OpenAI", "self.c", CLIENT),
    "an annotation beside a value": (
        "c: OpenAI\n    def __init__(self):\n        self.c = OpenAI()", "self.c", CLIENT,
    ),
    "a property": ("@property\n    def c(self):\n        return OpenAI()", "self.c", CLIENT),
    "a cached property": (
        "@functools.cached_property\n    def c(self):\n        return OpenAI()", "self.c", CLIENT,
    ),
    "a method": ("def c(self):\n        return OpenAI()", "self.c()", CLIENT),
    "a static method": ("@staticmethod\n    def c():\n        return OpenAI()", "C.c()", CLIENT),
    "a class method": (
        "@classmethod\n    def make(cls):\n        cls.c = OpenAI()", "self.c", CLIENT,
    ),
    "a parameter": (
        "def __init__(self, c):\n        self.c = c", "self.c", "parameter(c)",
    ),
    "a chain": (
        "def __init__(self):\n        self.a = OpenAI()\n        self.c = self.a.chat",
        "self.c", f"{CLIENT}.chat",
    ),
    "itself": ("def __init__(self):\n        self.c = self.c or OpenAI()", "self.c", CLIENT),
    "nothing": ("pass", "self.c", "?"),
}  # fmt: skip

ENVIRONMENT = {
    "getenv": ("use(os.getenv('A'))", "env(A)"),
    "getenv with a default": ("use(os.getenv('A', 'b'))", "env(A, 'b')"),
    "getenv with a keyword": ("use(os.getenv('A', default='b'))", "env(A, 'b')"),
    "environ": ("use(os.environ['A'])", "env(A)"),
    "environ.get": ("use(os.environ.get('A', None))", "env(A, None)"),
    "environ under a name": ("e = os.environ\nuse(e['A'])", "env(A)"),
    "from": ("from os import getenv as g, environ\nuse(g('A'))", "env(A)"),
    "a variable by a constant": ("A = 'B'\nuse(os.getenv(A))", "env(B)"),
    "a variable that is not known": ("use(os.getenv(x))", "?"),
    "or": ("use(os.getenv('A') or 'b')", "'b' | env(A)"),
    "in text": ("use(f\"Bearer {os.getenv('A')}\")", "text(Bearer {env(A)})"),
    "joined": ("use('Bearer ' + os.environ['A'])", "text(Bearer {env(A)})"),
}

MAPPINGS = {
    "a literal": ("use({'a': 1, b: 2})", "{'a': 1, UNKNOWN: 2, ...}"),
    "dict()": ("use(dict(a=1))", "{'a': 1}"),
    "key by key": ("d = {}\nd['a'] = 1\nd['b'] = 2\nuse(d)", "{'a': 1, 'b': 2}"),
    "a key on one path": ("d = {}\nif c:\n    d['a'] = 1\nuse(d)", "{'a': 1?}"),
    "a key that is not known": ("d = {}\nd[k] = 1\nuse(d)", "{...}"),
    "a key after the use": ("d = {}\nuse(d)\nd['a'] = 1", "{}"),
    "a key after the use, in a loop": (
        "d = {}\nfor i in s:\n    use(d)\n    d['a'] = 1", "{'a': 1?}",
    ),
    "a key in a with": ("d = {}\nwith c:\n    d['a'] = 1\nuse(d)", "{'a': 1}"),
    "update with keywords": ("d = {}\nd.update(a=1)\nuse(d)", "{'a': 1}"),
    "update with a dict": ("d = {}\nd.update({'a': 1})\nuse(d)", "{'a': 1}"),
    "update with an unknown": ("d = {'a': 1}\nd.update(x)\nuse(d)", "{'a': 1, ...}"),
    "setdefault": ("d = {}\nd.setdefault('a', 1)\nuse(d)", "{'a': 1}"),
    "bar": ("use({'a': 1} | {'b': 2})", "{'a': 1, 'b': 2}"),
    "bar equals": ("d = {'a': 1}\nd |= {'b': 2}\nuse(d)", "{'a': 1, 'b': 2}"),
    "bar with an unknown": ("use({'a': 1} | x)", "{'a': 1, ...}"),
    "spread": ("d = {'a': 1}\nuse({**d, 'b': 2})", "{'a': 1, 'b': 2}"),
    "spread of an unknown": ("use({**x, 'b': 2})", "{'b': 2, ...}"),
    "a copy": ("d = {'a': 1}\ne = d.copy()\ne['b'] = 2\nuse(e)", "{'a': 1, 'b': 2}"),
    "a copy leaves the first": ("d = {'a': 1}\ne = dict(d)\ne['b'] = 2\nuse(d)", "{'a': 1}"),
    "another of that name": ("d = {}\nd['a'] = 1\nd = {}\nuse(d)", "{}"),
    "in another function": (
        "d = {}\ndef f():\n    d['a'] = 1\ndef g():\n    use(d)", "{'a': 1?}",
    ),
    "on self": (
        "class C:\n    def __init__(self):\n        self.d = {}\n        self.d['a'] = 1\n"
        "    def f(self):\n        use(self.d)", "{'a': 1}",
    ),
    "a key taken out": ("d = {'a': 1, 'b': 2}\ndel d['a']\nuse(d)", "{'b': 2}"),
    "a key popped": ("d = {'a': 1}\nd.pop('a', None)\nuse(d)", "{}"),
    "a key popped on one path": ("d = {'a': 1}\nif c:\n    d.pop('a')\nuse(d)", "{'a': 1?}"),
    "a key popped and put back": ("d = {'a': 1}\nd.pop('a')\nd['a'] = 2\nuse(d)", "{'a': 2}"),
    "some key popped": ("d = {'a': 1}\nd.pop(k)\nuse(d)", "{'a': 1, ...}"),
    "all in one branch": (
        "def f():\n    if c:\n        d = {}\n        d['a'] = 1\n        use(d)", "{'a': 1}",
    ),
    "setdefault where it is there": ("d = {'a': 1}\nd.setdefault('a', 2)\nuse(d)", "{'a': 1}"),
    "a key that is there": ("d = {'a': 1}\nuse(d.get('a', 2))", "1"),
    "a key that may be there": ("d = {}\nif c:\n    d['a'] = 1\nuse(d.get('a', 2))", "1 | 2"),
    "a key that is not": ("d = {'a': 1}\nuse(d.get('b', 2))", "2"),
    "a key that is not, without default": ("d = {'a': 1}\nuse(d.get('b'))", "None"),
}  # fmt: skip


def params(cases: Mapping[str, tuple[str, ...]]) -> list[Any]:
    return [pytest.param(*case, id=name) for name, case in cases.items()]


@pytest.mark.parametrize(("text", "expected"), params({**TEXTS, **NAMES}))
def test_text_and_names_are_followed(text: str, expected: str) -> None:
    assert used(text) == expected


@pytest.mark.parametrize(("text", "expected"), params(IMPORTS))
def test_imports_lead_to_where_a_thing_comes_from(text: str, expected: str) -> None:
    assert used(text) == expected


@pytest.mark.parametrize(("text", "expected"), params(FLOWS))
def test_a_client_is_followed(text: str, expected: str) -> None:
    assert used("from openai import OpenAI\n" + text) == expected


@pytest.mark.parametrize(("body", "read", "expected"), params(CLASSES))
def test_attributes_are_followed_through_a_class(body: str, read: str, expected: str) -> None:
    where = f"    def read(self):\n        use({read})\n" if "self" in read else f"use({read})\n"
    prelude = "import functools\nfrom openai import OpenAI\n"
    assert used(f"{prelude}class C:\n    {body}\n{where}") == expected


@pytest.mark.parametrize(("body", "read", "expected"), params(CLASSES))
def test_attributes_are_inherited(body: str, read: str, expected: str) -> None:
    read = read.replace("C", "D")
    where = f"    def read(self):\n        use({read})\n" if "self" in read else f"use({read})\n"
    prelude = "import functools\nfrom openai import OpenAI\n"
    assert used(f"{prelude}class C:\n    {body}\nclass D(C):\n    x = 1\n{where}") == expected


@pytest.mark.parametrize(("text", "expected"), params(ENVIRONMENT))
def test_variables_are_read_however_it_is_spelled(text: str, expected: str) -> None:
    assert used("import os\n" + text) == expected


@pytest.mark.parametrize(("text", "expected"), params(MAPPINGS))
def test_mappings_are_followed_key_by_key(text: str, expected: str) -> None:
    assert used(text) == expected


# -- calls -------------------------------------------------------------------------------------


def arguments(text: str) -> str:
    """Return the arguments of the one call of ``use`` as a short text."""
    reading = reading_of(text)
    (node,) = calls(reading, "use")
    call = reading.evaluator.call(node)
    parts = [shown(argument.expr) for argument in call.positional]
    parts += [
        f"{name}={shown(a.expr)}{'' if a.certain else '?'}" for name, a in call.keywords.items()
    ]
    return ", ".join([*parts, *(["..."] if call.open else [])])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("use(1, a=2)", "1, a=2"),
        ("use(*x, a=2)", "a=2, ..."),
        ("use(**x)", "..."),
        ("use(**{'a': 1})", "a=1"),
        ("use(**dict(a=1, **x))", "a=1, ..."),
        ("k = {'a': 1}\nk['b'] = 2\nuse(c=3, **k)", "c=3, a=1, b=2"),
        ("k = {}\nif x:\n    k['a'] = 1\nuse(**k)", "a=1?"),
        ("k = {'a': 1}\nif x:\n    k = {'b': 2}\nuse(**k)", "b=2?, a=1?"),
        ("k = {'a': 1}\nif x:\n    k = {'a': 2}\nuse(**k)", "a=1 | 2"),
        ("k = {'a': 1}\nk['a'] = 2\nuse(**k)", "a=2"),
        ("k = {'a': 1, **x}\nuse(**k)", "a=1, ..."),
        ("k = None\nif x:\n    k = {'a': 1}\nuse(**(k or {}))", "a=1?"),
        ("def f(**k):\n    use(**k)", "..."),
        ("def f(**k):\n    k['a'] = 1\n    use(**k)", "..."),
        ("def f(k={}):\n    use(**k)", "..."),
    ],
)  # fmt: skip
def test_a_call_has_the_arguments_it_is_spread_from(text: str, expected: str) -> None:
    assert arguments(text) == expected


def test_absence_is_only_certain_where_nothing_is_open() -> None:
    reading = reading_of("use(a=1)\nuse(*x)\nuse(**x)\nuse(1)\n")
    first, *others, last = (reading.evaluator.call(node) for node in calls(reading, "use"))
    assert first.lacks("b")
    assert not first.lacks("a")
    assert not any(call.lacks("b") for call in others)
    assert not last.lacks("a", 0)


def test_setattr_on_the_module_is_a_setting() -> None:
    from oai_lint.facts import ModuleSetting

    reading = reading_of("import openai\nsetattr(openai, 'api_base', 'x')\nopenai.api_key = 'y'\n")
    found = {(s.name, s.value.literal, s.by_setattr) for s in reading.all(ModuleSetting)}
    assert found == {("api_base", "x", True), ("api_key", "y", False)}


def test_a_client_of_the_project_is_one_by_configuration() -> None:
    text = "from app.llm import client\nuse(client.chat)\n"
    reading = reading_of(text, **{"app.llm.client": "OpenAI"})
    (call,) = calls(reading, "use")
    assert shown(reading.expr(call.args[0].value)) == f"{CLIENT}.chat"


# -- limits ------------------------------------------------------------------------------------


def test_a_union_that_is_too_large_is_unknown() -> None:
    few = "".join(f"if c == {n}:\n    x = {n}\n" for n in range(MOST_VALUES - 1))
    many = "".join(f"if c == {n}:\n    x = {n}\n" for n in range(MOST_VALUES + 1))
    assert used(f"x = -1\n{few}use(x)\n").count("|") == MOST_VALUES - 1
    assert used(f"x = -1\n{many}use(x)\n") == "?"


@pytest.mark.parametrize(
    "text",
    [
        "x = ''\n" + "".join(f"if c{n}:\n    x += '{n}'\n" for n in range(60)) + "use(x)\n",
        "".join(f"x{n} = (x{n + 1} if c else x{n + 2})\n" for n in reversed(range(60))) + "use(x0)",
        "def f():\n" + "".join(
            f"    for i{n} in s:\n        x{n} = x{(n * 7 + 3) % 40} or x{(n * 5 + 1) % 40}\n"
            for n in range(40)
        ) * 2 + "    use(x0)\n",
        "d = {}\n" + "".join(f"d['k{n}'] = d\n" for n in range(40)) + "use(d['k1'])\n",
        "".join(f"def f{n}():\n    return f{(n + 1) % 50}() or f{(n * 3) % 50}()\n"
                for n in range(50)) + "use(f0())\n",
        "x = a()\n" + "x = x.f(x)[x]\n" * 100 + "use(x)\n",
        "x = [" + ", ".join(f"'{n}'" for n in range(3_000)) + "]\nfor y in x:\n    use(y)\n",
    ],
    ids=["branches", "conditionals", "knots", "dict in itself", "functions", "chains", "elements"],
)  # fmt: skip
def test_knots_are_given_up_in_time(text: str) -> None:
    reading = reading_of(text)
    (call,) = calls(reading, "use")
    start = time.process_time()
    with_room(lambda: reading.evaluator.values(call.args[0].value))
    assert time.process_time() - start < 2
