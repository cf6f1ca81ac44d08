"""Facts about TLS: what is set on contexts, and what turns verification off for a whole process."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from oai_lint.facts.file import Site
from oai_lint.facts.values import Expr
from oai_lint.patch import Node


@dataclass(frozen=True, slots=True, eq=False)
class ContextSetting:
    """``context.verify_mode = ...`` or ``context.check_hostname = ...``.

    Attributes:
        node: the target.
        name: the attribute.
        value: what it is set to.
        made: the call that built the context.
        alone: whether the statement does nothing else.
    """

    node: Node
    name: str
    value: Expr
    made: Node
    alone: bool
    site: Site


class Bypass(StrEnum):
    """A way to turn verification off for everything that a process does."""

    DEFAULT_HTTPS_CONTEXT = "ssl._create_default_https_context"
    CREATE_DEFAULT_CONTEXT = "ssl.create_default_context"
    PYTHONHTTPSVERIFY = "PYTHONHTTPSVERIFY=0"
    CURL_CA_BUNDLE = 'CURL_CA_BUNDLE=""'
    DISABLE_WARNINGS = "urllib3.disable_warnings()"


@dataclass(frozen=True, slots=True, eq=False)
class TlsBypass:
    """A statement that turns verification, or its warnings, off for the process.

    Attributes:
        node: the target or the call.
        kind: which way.
        removable: what can be taken out; None where it does more.
        only_openai: whether all HTTP that the file is seen to cause goes to OpenAI.
    """

    node: Node
    kind: Bypass
    removable: Node
    only_openai: bool
    site: Site
