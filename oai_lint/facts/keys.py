"""Facts about keys: where one is due, where a literal one is, which variables are read and set."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from oai_lint.facts.clients import Host
from oai_lint.facts.file import Site
from oai_lint.facts.values import Argument, Expr
from oai_lint.patch import Node, Span
from oai_lint.rule import Confidence


class Position(StrEnum):
    """What takes a key."""

    CLIENT = "client"
    """An argument of an SDK client, or of its ``with_options()``."""
    MODULE = "module"
    """``openai.api_key``."""
    ATTRIBUTE = "attribute"
    """``client.api_key``."""
    CALL = "call"
    """An argument of a call of SDK 0.x."""
    HEADER = "header"
    """``Authorization`` or ``api-key`` of a request, a session or ``default_headers``."""
    ENVIRONMENT = "environment"
    """The key's environment variable, set by this file."""


@dataclass(frozen=True, slots=True, eq=False)
class KeyUse:
    """An expression in a place where an API key is due.

    Attributes:
        node: what holds it: the argument, the target, the entry of the headers.
        expr: the expression; of a header, the scheme (``Bearer``) included.
        position: what takes the key.
        host: whose server it goes to.
        variable: the environment variable which the SDK reads when no key is given.
        sources: the literals of which the values are made up, wherever they stand.
        argument: the argument that can be dropped because the SDK then reads the variable.
        removable: the statement (or entry) that sets the variable and can be taken out.
        by_sdk: whether the SDK is what reads the key there.
    """

    node: Node
    expr: Expr
    position: Position
    host: Host
    variable: str
    sources: frozenset[Node]
    site: Site
    argument: Argument | None = None
    removable: Node = None
    by_sdk: bool = True
    confidence: Confidence = Confidence.HIGH


class Role(StrEnum):
    """What a literal does where it stands."""

    ARGUMENT = "argument"
    ENTRY = "entry"
    TARGET = "target"
    DEFAULT = "default"
    NAME = "name"
    """The name of an environment variable that is read."""
    PART = "part"
    """The literal text of an f-string."""
    ELEMENT = "element"
    COMPARED = "compared"
    OTHER = "other"


@dataclass(frozen=True, slots=True, eq=False)
class KeyLiteral:
    """A text literal that holds a real key, or that reaches a place where a key is due.

    Attributes:
        node: the literal, or the literal part of an f-string.
        text: its text.
        role: what it does where it stands.
        label: the name it is given: of the variable, the keyword, the entry; else nothing.
        uses: the places that it reaches.
        read: the environment read whose default it is.
    """

    node: Node
    text: str
    role: Role
    label: str
    uses: tuple[KeyUse, ...]
    site: Site
    read: EnvironmentRead | None = None


class Form(StrEnum):
    """How a variable is read and its default given."""

    READ = "read"
    """``os.getenv("X", "default")`` and the readers of other libraries."""
    OR = "or"
    CONDITIONAL = "conditional"
    FIELD = "field"
    """A field of a settings class."""
    OPTION = "option"
    """An option of a command line."""


@dataclass(frozen=True, slots=True, eq=False)
class EnvironmentRead:
    """An expression that is the value of an environment variable or else a default.

    Attributes:
        node: the whole expression, default included; for a field, its statement.
        variable: the variable.
        form: how the default is given.
        default: the default, if there is one.
        rest: the expression without the default (the left side of ``or``, the field's target).
        annotation: the annotation of a field.
        argument: the argument that is the default.
        uses: the places which take a key and that it reaches.
        by_os: whether it is ``os.environ`` or ``os.getenv`` itself.
        host: whose server the key is for, as far as the file tells.
    """

    node: Node
    variable: str
    form: Form
    default: Expr | None
    site: Site
    rest: Node = None
    annotation: Node = None
    argument: Node = None
    uses: tuple[KeyUse, ...] = ()
    by_os: bool = True
    host: Host = Host.UNKNOWN


@dataclass(frozen=True, slots=True, eq=False)
class EnvironmentWrite:
    """A statement (or an entry of an ``update``) that sets an environment variable.

    Attributes:
        node: the target, the call or the entry.
        variable: the variable.
        name_node: the expression that names it.
        value: what it is set to.
        removable: the statement or the entry that can be taken out; None where it does more.
    """

    node: Node
    variable: str
    name_node: Node
    value: Expr
    removable: Node
    site: Site


@dataclass(frozen=True, slots=True, eq=False)
class KeyComment:
    """A real key in a comment or in a string that is a statement of its own.

    Attributes:
        node: where the key stands.
        key: the key.
        docstring: whether it is in a string.
    """

    node: Span
    key: str
    docstring: bool


@dataclass(frozen=True, slots=True, eq=False)
class StrayKey:
    """A real key where no fix reaches: in what a notebook's cell showed, in a configuration file.

    Attributes:
        node: where to tell of it.
        where: how it got there and where that is, in words: "shown in the output of this cell".
        remedy: what is to be done about it besides revoking the key, in words.
    """

    node: Span
    where: str
    remedy: str


class Outlet(StrEnum):
    """Where a value comes to light."""

    PRINTED = "printed"
    LOGGED = "logged"
    RAISED = "put into the text of an exception"
    URL = "put into a URL"
    COMMAND = "put on a command line"
    RESPONSE = "sent in a response"
    DISPLAYED = "displayed, and saved with the notebook,"


@dataclass(frozen=True, slots=True, eq=False)
class Disclosure:
    """What shows values to people or to other programs.

    Attributes:
        node: the call, also that of a ``raise``; the expression that ends a cell of a notebook.
        outlet: where they come to light.
        exprs: the expressions that are shown.
    """

    node: Node
    outlet: Outlet
    exprs: tuple[Expr, ...]
    site: Site
    confidence: Confidence = Confidence.HIGH


@dataclass(frozen=True, slots=True, eq=False)
class ModuleValue:
    """The module ``openai`` itself as a value: passed to a function, stored, returned."""

    node: Node
    site: Site
