"""Facts about exceptions: what a file imports from the SDK, catches and reads off an error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from oai_lint.facts.file import Site
from oai_lint.patch import Node


@dataclass(frozen=True, slots=True, eq=False)
class SdkName:
    """A name that an import statement brings in.

    Attributes:
        node: the item of the statement (``X as Y``), which can be dropped.
        name: what is imported, without its module; the module itself for ``import module``.
        name_node: that name.
        bound: the name that it is called by here.
        renamed: whether ``as`` gives it another name.
        uses: the places where it is read as imported by this statement.
        shared: whether those who import this module may read it: it is in ``__all__``, or this is
            an ``__init__.py``.
    """

    node: Node
    name: str
    name_node: Node
    bound: str
    renamed: bool
    uses: tuple[Node, ...]
    shared: bool


@dataclass(frozen=True, slots=True, eq=False)
class SdkImport:
    """A statement that imports the openai package, a module of it or names from it.

    Attributes:
        node: the statement.
        module: for ``from module import …`` that module, else empty.
        module_node: where it is written.
        names: what is imported; empty for ``*``.
        starred: whether it is ``from module import *``.
    """

    node: Node
    module: str
    module_node: Node
    names: tuple[SdkName, ...]
    starred: bool
    site: Site


@dataclass(frozen=True, slots=True, eq=False)
class Caught:
    """A class that a handler names.

    Attributes:
        node: the expression.
        name: its full path (``openai.error.Timeout``, ``builtins.Exception``); empty when the file
            does not fix it.
        root: the first name as it is written.
        is_bound: whether that name means anything there.
        inline: whether it stands in the handler rather than in a constant that the handler names.
        attribute: the rest of the path as it is written, without ``root``.
    """

    node: Node
    name: str
    root: str
    is_bound: bool
    inline: bool
    attribute: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Handler:
    """An ``except`` clause.

    Attributes:
        node: the clause.
        classes: what it catches; empty for a bare ``except:``.
        bare: whether it catches everything by naming nothing.
        name: the variable that holds the error; empty without one.
        raises: whether some path of it raises again.
        idle: whether it does nothing but print, log or pass.
        type_node: what stands between ``except`` and ``as``; None for a bare one.
        starts: its first statement, to write before; None where it stands on the clause's line.
    """

    node: Node
    classes: tuple[Caught, ...]
    bare: bool
    name: str
    raises: bool
    idle: bool
    site: Site
    type_node: Node = None
    starts: Node = None


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """A call made in the body of a ``try``.

    Attributes:
        node: the call.
        origin: where the function comes from, with ``()``; empty when the file does not fix it.
        local: whether it is a function or class of this file.
        name: the last name of the function as it is written.
    """

    node: Node
    origin: str
    local: bool
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Try:
    """A ``try`` statement with handlers.

    Attributes:
        node: the statement.
        handlers: its handlers, in order.
        group: whether the handlers are ``except*``.
    """

    node: Node
    handlers: tuple[Handler, ...]
    group: bool
    site: Site
    _done: Callable[[], tuple[tuple[Work, ...], tuple[str, ...]]]

    @property
    def work(self) -> tuple[Work, ...]:
        """The calls in its body, nested functions left out, in source order."""
        return self._done()[0]

    @property
    def loops(self) -> tuple[str, ...]:
        """What the body iterates over: origins, empty for unknown ones."""
        return self._done()[1]


@dataclass(frozen=True, slots=True, eq=False)
class ErrorRead:
    """A read of an attribute of a caught error: ``e.http_status``.

    Attributes:
        node: the attribute access.
        owner: the error.
        attribute: the attribute.
        handler: the handler that caught it.
        asked: whether ``hasattr`` or ``getattr`` asks for that attribute in the same handler, or
            ``isinstance`` for the error's class.
        rest: the attribute or the key in text that is read off it next; empty otherwise.
        whole: the access with what is read next.
    """

    node: Node
    owner: Node
    attribute: str
    handler: Handler
    asked: bool
    rest: str
    whole: Node
    site: Site


@dataclass(frozen=True, slots=True, eq=False)
class ErrorTextTest:
    """A test for a literal in the text of a caught error: ``"quota" in str(e)``.

    Attributes:
        node: the comparison.
        text: what is sought.
        error: the name of the error.
        negative: whether it is ``not in``.
        codes: whether the same handler reads ``code``, ``type`` or ``body`` of the error too.
    """

    node: Node
    text: str
    error: str
    negative: bool
    handler: Handler
    site: Site
    codes: bool = False
