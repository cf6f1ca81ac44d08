"""The vocabulary rules are written in: what a file says about the OpenAI API.

Rules never see the syntax tree; the nodes that facts carry are opaque tickets to be handed back,
as the place of a finding or of an edit.
"""

from oai_lint.facts.clients import (
    ApiCall,
    ClientInit,
    ClientSetting,
    Host,
    ModuleRead,
    ModuleSetting,
    ResultUse,
)
from oai_lint.facts.file import File, Site
from oai_lint.facts.http import HttpClient, HttpSetting, RawCall
from oai_lint.facts.values import (
    UNKNOWN,
    Argument,
    Attribute,
    Call,
    Entry,
    Environment,
    Expr,
    Imported,
    Item,
    Items,
    Literal,
    LocalClass,
    LocalFunction,
    LocalObject,
    Mapping,
    Parameter,
    Result,
    Text,
    Unknown,
    Value,
)

__all__ = [
    "UNKNOWN",
    "ApiCall",
    "Argument",
    "Attribute",
    "Call",
    "ClientInit",
    "ClientSetting",
    "Entry",
    "Environment",
    "Expr",
    "File",
    "Host",
    "HttpClient",
    "HttpSetting",
    "Imported",
    "Item",
    "Items",
    "Literal",
    "LocalClass",
    "LocalFunction",
    "LocalObject",
    "Mapping",
    "ModuleRead",
    "ModuleSetting",
    "Parameter",
    "RawCall",
    "Result",
    "ResultUse",
    "Site",
    "Text",
    "Unknown",
    "Value",
]
