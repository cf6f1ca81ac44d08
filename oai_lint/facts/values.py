"""What an expression may be worth, as far as one file tells.

Every value remembers the ``node`` that gave it, which is where a finding about it is anchored.
An expression has several values where branches differ; :class:`Unknown` stands for all that the
file does not fix.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from oai_lint.patch import Node, Replace
from oai_lint.rule import Confidence

Constant = str | bytes | int | float | complex | bool | None


class _Missing:
    """The type of :data:`UNKNOWN`, which is falsy and equal to nothing but itself."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Any = _Missing()
"""A literal that cannot be read."""


LONGEST_ORIGIN = 300
"""A path longer than this is a loop over the result of a loop: nothing that a rule knows."""


@dataclass(slots=True, eq=False)
class Value:
    """One thing that an expression may be worth.

    Attributes:
        node: what gave the value.
        confidence: how much of the way to it was seen.
        origin: where an imported thing comes from, as a path; empty for everything else.
            ``client.chat.completions.create(...)`` after ``client = OpenAI()`` comes from
            ``openai.OpenAI().chat.completions.create()``.
    """

    node: Node
    confidence: Confidence = field(default=Confidence.HIGH, kw_only=True)
    origin: str = field(default="", init=False)

    def _comes_from(self, owner: Value, step: str) -> None:
        if owner.origin and len(owner.origin) < LONGEST_ORIGIN:
            self.origin = owner.origin + step


@dataclass(slots=True, eq=False)
class Unknown(Value):
    """A value that nothing in the file fixes."""


@dataclass(slots=True, eq=False)
class Literal(Value):
    """A constant: text, number, ``True``, ``None``…; the node is its literal."""

    value: Constant


@dataclass(slots=True, eq=False)
class Text(Value):
    """Text of which parts are known: an f-string, a concatenation, ``.format``."""

    parts: tuple[str | Expr, ...]

    @property
    def prefix(self) -> str:
        """The text before the first unknown part."""
        return self.parts[0] if self.parts and isinstance(self.parts[0], str) else ""

    @property
    def known(self) -> str:
        """The text with every unknown part shown as U+FFFC."""
        return "".join(
            part if isinstance(part, str) else "\N{OBJECT REPLACEMENT CHARACTER}"
            for part in self.parts
        )


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One entry of a mapping: ``key`` is text, or UNKNOWN; ``node`` can be dropped or is None."""

    key: Any
    value: Expr
    node: Node
    key_node: Node = None
    certain: bool = True


@dataclass(slots=True, eq=False)
class Mapping(Value):
    """A dict: literal, ``dict(...)`` or built key by key.

    ``open`` says that other entries may be there.
    """

    entries: tuple[Entry, ...]
    open: bool = False

    def get(self, key: str) -> Entry | None:
        """Return the last entry of that key."""
        for entry in reversed(self.entries):
            if entry.key == key:
                return entry
        return None


@dataclass(slots=True, eq=False)
class Items(Value):
    """A tuple, list or set literal; ``kind`` names which."""

    items: tuple[Expr, ...]
    kind: str


@dataclass(slots=True, eq=False)
class Imported(Value):
    """A name of another module, by its full path (``openai.OpenAI``, ``builtins.open``)."""

    name: str

    def __post_init__(self) -> None:
        self.origin = self.name


@dataclass(slots=True, eq=False)
class Attribute(Value):
    """An attribute of an object made by imported code."""

    of: Value
    name: str

    def __post_init__(self) -> None:
        self._comes_from(self.of, f".{self.name}")


@dataclass(slots=True, eq=False)
class Result(Value):
    """What a call of imported code returns; ``call`` is None for an object known by annotation."""

    of: Value
    call: Call | None = None

    def __post_init__(self) -> None:
        self._comes_from(self.of, "()")


@dataclass(slots=True, eq=False)
class Item(Value):
    """An element of a result: by key, by index, or any (``key`` UNKNOWN) in a loop over it."""

    of: Value
    key: Any

    def __post_init__(self) -> None:
        self._comes_from(self.of, "[*]" if self.key is UNKNOWN else f"[{self.key!r}]")


@dataclass(slots=True, eq=False)
class Environment(Value):
    """The value of an environment variable; ``default`` is what stands in when it is missing."""

    variable: str
    default: Expr | None = None


@dataclass(slots=True, eq=False)
class Parameter(Value):
    """A parameter of a function of this file whose default, if any, is ``None``."""

    name: str
    function: Node
    default: Expr | None = None


@dataclass(slots=True, eq=False)
class LocalFunction(Value):
    """A function of this file; ``owner`` is the object it was looked up on, for a method."""

    owner: Value | None = None


@dataclass(slots=True, eq=False)
class LocalClass(Value):
    """A class of this file."""


@dataclass(slots=True, eq=False)
class LocalObject(Value):
    """An instance of a class of this file; the node is the class, ``call`` built it."""

    call: Call | None = None


class Expr:
    """An expression of the file; its values are worked out when first asked for."""

    __slots__ = ("_evaluate", "node")

    def __init__(self, node: Node, evaluate: Callable[[Node], tuple[Value, ...]]) -> None:
        self.node = node
        self._evaluate = evaluate

    @property
    def values(self) -> tuple[Value, ...]:
        """All that the expression may be worth; empty only for code that cannot run."""
        return self._evaluate(self.node)

    @property
    def value(self) -> Value:
        """The one value, or :class:`Unknown` where there are several.

        ``None`` beside one other value (``client = None`` until it is built) does not count.
        """
        values = self.values
        if len(values) > 1:
            values = tuple(v for v in values if not (isinstance(v, Literal) and v.value is None))
        return values[0] if len(values) == 1 else Unknown(self.node)

    @property
    def known(self) -> bool:
        """Whether the file fixes everything that the expression may be worth."""
        return bool(self.values) and not any(
            isinstance(value, (Unknown, Parameter, Environment)) for value in self.values
        )

    @property
    def literal(self) -> Any:
        """The constant that the expression is worth in every case, or UNKNOWN."""
        values = self.values
        if not values or not all(isinstance(value, Literal) for value in values):
            return UNKNOWN
        constants = [value.value for value in values if isinstance(value, Literal)]
        first = constants[0]
        same = all(other == first and type(other) is type(first) for other in constants[1:])
        return first if same else UNKNOWN

    @property
    def literals(self) -> list[Literal]:
        """The constants among the values."""
        return [value for value in self.values if isinstance(value, Literal)]

    @property
    def texts(self) -> list[Text | Literal]:
        """The values that are text, known at least in parts."""
        return [
            value
            for value in self.values
            if isinstance(value, Text)
            or (isinstance(value, Literal) and isinstance(value.value, str))
        ]

    @property
    def origin(self) -> str:
        """The origin of the one value, or nothing."""
        return self.value.origin

    @property
    def origins(self) -> set[str]:
        """The origins of all values."""
        return {value.origin for value in self.values if value.origin}

    @property
    def confidence(self) -> Confidence:
        """The least confidence among the values."""
        return min((value.confidence for value in self.values), default=Confidence.LOW)

    def replace(self, *pieces: Any) -> Replace:
        """Write something else in its place."""
        return Replace(self.node, pieces)


@dataclass(frozen=True, slots=True, eq=False)
class Argument:
    """An argument of a call: ``name`` is None for a positional one.

    ``spread`` says that it comes out of a mapping passed as ``**``; ``node`` is then the mapping's
    entry, and ``key_node`` its key.  Else ``key_node`` is the keyword.
    """

    node: Node
    name: str | None
    expr: Expr
    spread: bool = False
    index: int | None = None
    certain: bool = True
    key_node: Node = None

    @property
    def values(self) -> tuple[Value, ...]:
        """The values of its expression."""
        return self.expr.values

    @property
    def value(self) -> Value:
        """The one value of its expression."""
        return self.expr.value

    @property
    def literal(self) -> Any:
        """The constant that it is in every case, or UNKNOWN."""
        return self.expr.literal

    @property
    def is_none(self) -> bool:
        """Whether it is ``None`` in every case."""
        return self.expr.literal is None


class Call:
    """A call and its arguments, those of a readable ``**mapping`` included.

    Attributes:
        node: the call.
        func: what is called.
        positional: the positional arguments.
        keywords: the keyword arguments by name.
        open: whether further arguments may be there (``*args``, an unreadable ``**kwargs``).
    """

    __slots__ = ("func", "keywords", "node", "open", "positional")

    def __init__(
        self,
        node: Node,
        func: Expr,
        positional: Sequence[Argument],
        keywords: dict[str, Argument],
        *,
        open_: bool,
    ) -> None:
        self.node = node
        self.func = func
        self.positional = tuple(positional)
        self.keywords = keywords
        self.open = open_

    def __getitem__(self, name: str) -> Argument | None:
        return self.keywords.get(name)

    def get(self, name: str, position: int | None = None) -> Argument | None:
        """Return an argument by keyword, or by position where it may be given so."""
        argument = self.keywords.get(name)
        if argument is None and position is not None and position < len(self.positional):
            return self.positional[position]
        return argument

    def lacks(self, name: str, position: int | None = None) -> bool:
        """Say whether the argument is certainly absent."""
        return not self.open and self.get(name, position) is None


def is_none(value: Value) -> bool:
    """Say whether a value is the literal ``None``."""
    return isinstance(value, Literal) and value.value is None
