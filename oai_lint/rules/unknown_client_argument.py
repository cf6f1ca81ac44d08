"""Keywords that the SDK does not have."""

from collections.abc import Iterator

from oai_lint.facts import ApiCall, Argument, Call, ClientCopy, ClientInit, File, Text
from oai_lint.fixes.spelling import spelled
from oai_lint.knowledge.clients import CLIENTS, MISTAKEN_KEYWORDS
from oai_lint.knowledge.endpoints import COMMON_PARAMETERS, endpoint
from oai_lint.patch import Change, Replace, Safety
from oai_lint.rule import Example, Finding, Rule, Severity
from oai_lint.target import Version

_CALLS = {
    "request_timeout": "timeout",
    "engine": "model",
    "deployment_id": "model",
    "headers": "extra_headers",
    "params": "extra_query",
}
# Libraries that put keywords of their own on the SDK's methods.
_WRAPPERS = (
    "instructor", "langfuse", "langsmith", "braintrust", "weave", "portkey_ai", "promptlayer",
    "helicone", "agentops", "logfire", "posthog", "parea", "log10", "literalai", "mlflow",
    "opik", "lunary", "llmonitor", "trulens", "traceloop", "openllmetry", "ddtrace", "guidance",
)  # fmt: skip
_AZURE = {
    "api_base": "azure_endpoint",
    "endpoint": "azure_endpoint",
    "deployment_id": "azure_deployment",
    "deployment_name": "azure_deployment",
    "deployment": "azure_deployment",
}
_OURS = {"api_version", "azure_endpoint", "azure_deployment", "azure_ad_token"}


class UnknownClientArgument(Rule[ClientInit | ClientCopy | ApiCall]):
    """No version of the SDK takes this keyword here: the call raises `TypeError`.

    Most come from SDK 0.x (`request_timeout=`, `api_base=`, `engine=`, `deployment_id=`), from
    `requests` (`proxy=`, `verify=`, `session=`, `headers=`) or from the Azure client
    (`api_version=` on `OpenAI`).  Constructors and methods list their keywords, so a wrong one
    fails at the call: `TypeError: … got an unexpected keyword argument 'request_timeout'`.
    Proxies, certificates and transports belong to the HTTP client (`http_client=`).

    ## Fix safety
    Safe where today's keyword is known: the code could not run.  `DefaultHttpxClient` needs
    SDK 1.17.

    ## References
    - https://github.com/openai/openai-python#configuring-the-http-client
    - https://github.com/openai/openai-python/discussions/742
    """

    code = "OAI405"
    message = "`{owner}` has no `{name}=`: this raises `TypeError`; {advice}"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Use the keyword that the SDK has"
    reaches = (1,)
    examples = (
        Example(
            bad="from openai import OpenAI\n\nclient = OpenAI(request_timeout=30)\n",
            good="from openai import OpenAI\n\nclient = OpenAI(timeout=30)\n",
        ),
        Example(
            bad='from openai import OpenAI\n\nclient = OpenAI(proxy="http://127.0.0.1:7890")\n',
            good=(
                "from openai import DefaultHttpxClient, OpenAI\n\n"
                "client = OpenAI(http_client=DefaultHttpxClient("
                'proxy="http://127.0.0.1:7890"))\n'
            ),
        ),
    )

    def check(self, fact: ClientInit | ClientCopy | ApiCall, file: File) -> Iterator[Finding]:
        """Report every keyword that the range of versions does not know there."""
        if fact.site.guarded:
            return
        if isinstance(fact, ApiCall):
            if not fact.legacy and not any(map(file.imports, _WRAPPERS)):
                yield from self._method(fact, file)
            return
        if isinstance(fact, ClientInit):
            known, owner = CLIENTS[fact.cls].keywords, f"{fact.cls}()"
        else:
            known, owner = CLIENTS[fact.client].options, f"{fact.method}()"
        fix: tuple[Change, ...] = ()
        for name, argument in fact.call.keywords.items():
            if (
                name == "proxies"
                or not argument.certain
                or (name in known and file.target.reaches(*known[name]))
            ):
                continue
            if name in known:
                since = ".".join(map(str, known[name]))
                advice, fix = f"it comes with SDK {since}", ()
            else:
                advice, fix = self._constructor(fact, argument, name, file)
            yield self.found(
                argument,
                fix=fix,
                owner=owner,
                name=name,
                advice=advice,
                confidence=fact.confidence,
                safety=_safety(fix, file),
            )

    def _constructor(
        self, fact: ClientInit | ClientCopy, argument: Argument, name: str, file: File
    ) -> tuple[str, tuple[Change, ...]]:
        is_async = (fact.cls if isinstance(fact, ClientInit) else fact.client).startswith("Async")
        if name == "request_timeout":
            return "use `timeout=`", _renamed(argument, "timeout", fact.call)
        if name in _OURS:
            return "it belongs to `AzureOpenAI()`", ()
        if name in ("proxy", "verify", "verify_ssl", "limits", "transport", "session"):
            helper = "DefaultAsyncHttpxClient" if is_async else "DefaultHttpxClient"
            advice = f"give `http_client={helper}(…)`"
            usable = (
                name == "proxy" or (name == "verify" and _is_path(argument))
            ) and file.http_client == "default"
            if not usable or fact.call["http_client"] is not None or argument.spread:
                return advice, ()
            text, imports = spelled(file, f"openai.{helper}", fact.node)
            written = Replace(
                argument.node, (f"http_client={text}({name}=", argument.expr.node, ")")
            )
            return advice, (written, *imports)
        new = MISTAKEN_KEYWORDS.get(name)
        if name == "client":
            new = None
        if isinstance(fact, ClientInit) and fact.is_azure:
            new = _AZURE.get(name, new)
        if new is not None:
            return f"use `{new}=`", _renamed(argument, new, fact.call)
        if name in ("model", "temperature", "max_tokens", "messages", "stream", "engine"):
            return "it belongs to the API call", ()
        return "take it out", ()

    def _method(self, api: ApiCall, file: File) -> Iterator[Finding]:
        method = endpoint(api.path)
        if method is None or not method.parameters:
            return
        known = method.parameters
        for name, argument in api.call.keywords.items():
            if name in COMMON_PARAMETERS or not argument.certain:
                continue
            row = known.get(name)
            if row is not None:
                gone = row.until is not None and file.target.starts(*row.until)
                if gone:
                    yield self._found(api, argument, f"it went with SDK {row.until}")
                elif not file.target.reaches(*row.since):
                    yield self._found(api, argument, f"it comes with SDK {row.since}")
                continue
            new = _CALLS.get(name)
            if new is not None and (new in known or new in COMMON_PARAMETERS):
                yield self._found(api, argument, f"use `{new}=`", _renamed(argument, new, api.call))
            else:
                advice = "pass it in `extra_body=` if the server knows it"
                if name in ("api_key", "base_url", "organization", "max_retries", "http_client"):
                    advice = f"use `with_options({name}=…)`"
                yield self._found(api, argument, advice)

    def _found(
        self, api: ApiCall, argument: Argument, advice: str, fix: tuple[Change, ...] = ()
    ) -> Finding:
        return self.found(
            argument,
            fix=fix,
            owner=f"{api.path}()",
            name=argument.name,
            advice=advice,
            confidence=api.confidence,
        )


def _renamed(argument: Argument, name: str, call: Call) -> tuple[Change, ...]:
    if call[name] is not None or call.open or argument.spread:
        return ()
    return (Replace(argument.node, (f"{name}=", argument.expr.node)),)


def _is_path(argument: Argument) -> bool:
    return bool(argument.expr.texts) or any(isinstance(v, Text) for v in argument.values)


_HELPERS: Version = (1, 17)


def _safety(fix: tuple[Change, ...], file: File) -> Safety:
    """Return the safety of a fix; ``DefaultHttpxClient`` must exist in the whole range."""
    helped = any(isinstance(c, Replace) and "Default" in str(c.pieces[0]) for c in fix)
    if helped and file.target.declared and not file.target.openai.starts(_HELPERS):
        return Safety.SHOW
    return Safety.SAFE
