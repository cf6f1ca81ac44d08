"""Print, as JSON, what the installed SDK offers: every method of a client, and the rest.

Runs inside the interpreter of an SDK release, so it needs nothing but the SDK and must not import
the project.  ``generate_endpoints.py``, ``generate_deprecations.py`` and the tests
of the knowledge tables read its output.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import json
import os
import pkgutil
import re
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Parameters that every request takes; they are not repeated per method.
COMMON = ("extra_headers", "extra_query", "extra_body", "timeout")

VERBS = {
    "_get": "GET",
    "_post": "POST",
    "_put": "PUT",
    "_patch": "PATCH",
    "_delete": "DELETE",
    "_get_api_list": "GET",
}


def resources(owner: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Every resource reached from a client, with its dotted path."""
    for name in sorted(dir(type(owner)) + list(vars(owner))):
        if name.startswith(("_", "with_")):
            continue
        with contextlib.suppress(Exception):
            child = getattr(owner, name)
            # By module and not by base class: `webhooks` of 3.x is no SyncAPIResource.
            if type(child).__module__.startswith(("openai.resources.", "openai.lib.")):
                yield f"{prefix}{name}", child
                yield from resources(child, f"{prefix}{name}.")


def functions(resource: object) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The public methods that the class of a resource defines, or inherits from another one."""
    found: dict[str, Callable[..., Any]] = {}
    for cls in reversed(type(resource).__mro__):
        if cls.__module__.startswith(("openai.resources.", "openai.lib.")):
            for name, value in vars(cls).items():
                if not name.startswith(("_", "with_")) and inspect.isfunction(value):
                    found[name] = value
    yield from found.items()


def request_of(function: Callable[..., Any]) -> str:
    """``POST /chat/completions``, read from the source; empty for helpers that call others."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    except (OSError, SyntaxError):
        return ""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in VERBS
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "self"
            and node.args
        ):
            url = url_of(node.args[0])
            if url:
                if node.func.attr == "_get_api_list":
                    for keyword in node.keywords:
                        if keyword.arg == "method" and isinstance(keyword.value, ast.Constant):
                            return f"{str(keyword.value.value).upper()} {url}"
                return f"{VERBS[node.func.attr]} {url}"
    return ""


def url_of(node: ast.expr) -> str:
    """The URL template of a literal, an f-string or a ``path_template`` call."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value)
            if isinstance(part, ast.Constant)
            else "{" + ast.unparse(part.value) + "}"
            for part in node.values
            if isinstance(part, (ast.Constant, ast.FormattedValue))
        )
    if isinstance(node, ast.Call) and node.args:
        return url_of(node.args[0])
    if isinstance(node, ast.IfExp):
        return url_of(node.orelse)
    return ""


def kind_of(function: Callable[..., Any]) -> str:
    """How the method of the async client is used: the values of ``Endpoint.kind``."""
    bare = inspect.unwrap(function)
    if inspect.iscoroutinefunction(bare):
        return "call"
    returns = str(bare.__annotations__.get("return", ""))
    if "Paginator" in returns:
        return "page"
    if "Manager" in returns or "Context" in returns:
        return "manager"
    return "plain"


def parameters_of(function: Callable[..., Any]) -> list[str]:
    """Names of the parameters, positional ones marked with a leading slash."""
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [
        f"/{parameter.name}" if parameter.kind in positional else parameter.name
        for parameter in list(inspect.signature(function).parameters.values())[1:]
        if parameter.name not in COMMON
    ]


def methods(client: object) -> dict[str, dict[str, Any]]:
    """Every method of every resource, by its dotted path on the client."""
    found: dict[str, dict[str, Any]] = {}
    for path, resource in resources(client):
        for name, function in functions(resource):
            found[f"{path}.{name}"] = {
                "request": request_of(function),
                "kind": kind_of(function),
                "parameters": parameters_of(function),
                "deprecated": getattr(function, "__deprecated__", None),
            }
    return found


def exceptions(module: Any) -> dict[str, list[str]]:
    """Public exception classes of a module, each with the names of its ancestors."""
    return {
        name: [cls.__name__ for cls in value.__mro__[1:]]
        for name, value in vars(module).items()
        # Not isinstance(): it asks the placeholders of removed names for their class, and some
        # releases raise there.
        if issubclass(type(value), type) and issubclass(value, BaseException) and name[0] != "_"
    }


def keywords(function: Callable[..., Any]) -> list[str]:
    """Names of the parameters of a function, ``self`` left out."""
    return [name for name in inspect.signature(function).parameters if name != "self"]


def sources(openai: Any) -> Iterator[str]:
    """The text of every module of the SDK."""
    for path in sorted(Path(openai.__file__).parent.rglob("*.py")):
        yield path.read_text(encoding="utf-8")


def words(openai: Any) -> list[str]:
    """Every literal in the source that may be the name of an environment variable."""
    pattern = re.compile(r"""["']([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)["']""")
    return sorted({word for text in sources(openai) for word in pattern.findall(text)})


def retirements(openai: Any) -> dict[str, str]:
    """The shutdown dates that the documentation of the SDK's types gives."""
    pattern = re.compile(
        r'- ((?:"[\w.:-]+"(?:, )?)+): Announced shutdown date: (\d{4}-\d\d-\d\d)\.'
    )
    found: dict[str, str] = {}
    for text in sources(openai):
        if "shutdown" in text:
            for models, date in pattern.findall(" ".join(text.split())):
                found.update(dict.fromkeys(re.findall(r'"([^"]+)"', models), date))
    return found


def helpers(openai: Any) -> dict[str, list[str]]:
    """The SDK's helpers that build HTTP clients: class or function, and for classes the library."""
    found = {}
    for name in dir(openai):
        if re.fullmatch(r"Default(Async)?(Httpx|Httpx2|AioHttp)Client", name):
            helper = getattr(openai, name)
            if isinstance(helper, type):
                origins = (cls.__module__.partition(".")[0] for cls in helper.__mro__)
                found[name] = ["class", next(name for name in origins if name != "openai")]
            else:
                found[name] = ["function", ""]
    return found


def error_attributes(module: Any) -> dict[str, list[str]]:
    """Public attributes of instances of the errors that a caller meets."""
    http = getattr(module, "httpx2", None) or module.httpx
    request = http.Request("POST", "https://example.org")
    response = http.Response(429, request=request)
    made = {
        "RateLimitError": module.RateLimitError("text", response=response, body=None),
        "APIConnectionError": module.APIConnectionError(request=request),
        "APITimeoutError": module.APITimeoutError(request),
    }
    return {
        name: [attribute for attribute in dir(error) if not attribute.startswith("_")]
        for name, error in made.items()
    }


def legacy_surface(openai: Any) -> dict[str, Any]:
    """What a release below 1.0 offers."""
    classes = [
        name
        for name, value in vars(openai).items()
        if isinstance(value, type) and not issubclass(value, BaseException)
    ]
    error = importlib.import_module("openai.error")
    calls = {}
    for name in classes:
        for method in dir(getattr(openai, name)):
            bound = getattr(getattr(openai, name), method)
            if not method.startswith("_") and inspect.ismethod(bound):
                calls[f"{name}.{method}"] = parameters_of_bound(bound)
    return {
        "calls": calls,
        "errors": exceptions(error),
        "exported_errors": exceptions(openai),
        "attributes": [name for name in dir(error.OpenAIError("text")) if name[0] != "_"],
    }


def parameters_of_bound(method: Callable[..., Any]) -> list[str]:
    """Names of the parameters of a class method that may be given by position."""
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(method).parameters.values()
    return [parameter.name for parameter in parameters if parameter.kind in positional]


def client_surface(openai: Any) -> dict[str, Any]:
    """What a release from 1.0 on offers."""
    errors = importlib.import_module("openai._exceptions")
    sync, asynchronous = methods(openai.OpenAI()), methods(openai.AsyncOpenAI())
    for path, method in sync.items():
        method["kind"] = asynchronous.get(path, method)["kind"]
    classes = [name for name in dir(openai) if name.endswith("OpenAI") and name[0] != "_"]
    dotted = []
    for module in ("openai", "openai._client", "openai.lib.azure", "openai.lib.bedrock"):
        with contextlib.suppress(ImportError):
            dotted += [f"{module}.{name}" for name in dir(importlib.import_module(module))]
    return {
        "methods": sync,
        "async_only": sorted(set(asynchronous) - set(sync)),
        "dotted": dotted,
        "constructors": {name: keywords(getattr(openai, name).__init__) for name in classes},
        "options": {name: keywords(getattr(openai, name).copy) for name in classes},
        "helpers": helpers(openai),
        "timeout": openai.Timeout.__module__.partition(".")[0],
        "exported_errors": exceptions(openai),
        "errors": exceptions(errors),
        "error_attributes": error_attributes(errors),
        "retirements": retirements(openai),
    }


def surface() -> dict[str, Any]:
    """All of it, as plain data."""
    warnings.simplefilter("ignore")
    os.environ["OPENAI_API_KEY"] = "none"
    openai = importlib.import_module("openai")
    legacy = not hasattr(openai, "OpenAI")
    return {
        "version": openai.version.VERSION,
        "names": sorted(name for name in dir(openai) if not name.startswith("_")),
        "modules": sorted(module.name for module in pkgutil.iter_modules(openai.__path__)),
        "words": words(openai),
        **(legacy_surface(openai) if legacy else client_surface(openai)),
    }


if __name__ == "__main__":
    json.dump(surface(), sys.stdout)
