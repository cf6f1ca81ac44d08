"""A transport closed while others still use it."""

from collections.abc import Iterator, Sequence

from oai_lint.facts import ApiCall, ClientCopy, ClientInit, File, RawCall, Result
from oai_lint.fixes.http_client import http_client, tempered
from oai_lint.judgement.flow import stands_in
from oai_lint.patch import Change, Insert, Node, Safety
from oai_lint.rule import Confidence, Example, Finding, Related, Rule, Severity


class ClosedSharedClient(Rule[ClientCopy | ClientInit]):
    """`with` closes the transport, also that of everybody who shares it.

    `client.with_options(...)` and `client.copy(...)` share the transport of `client`, and several
    clients may be given one `http_client`. Leaving `with client.with_options(...) as fast:`, or
    `with OpenAI(http_client=shared)`, closes it for all: the next call of the original raises
    `RuntimeError: Cannot send a request, as the client has been closed.` (below 3.15 an
    `APIConnectionError`, after all its retries).

    ## Fix safety
    Shown: gives the copy a transport of its own. Most often the `with` is not wanted at all.

    ## References
    - https://github.com/openai/openai-python#managing-http-resources
    """

    code = "OAI212"
    message = (
        "Leaving this `with` closes the transport that `{other}` uses later; do not enter {what}"
    )
    severity = Severity.ERROR
    safety = Safety.SHOW
    fixes = "Give the copy a transport of its own"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "from openai import OpenAI\n\n"
                "client = OpenAI()\n"
                "with client.with_options(timeout=5) as fast:\n"
                "    fast.models.list()\n"
                "client.models.list()\n"
            ),
        ),
    )

    def check(self, fact: ClientCopy | ClientInit, file: File) -> Iterator[Finding]:
        """Report what is entered by ``with`` and shares its transport with something used later."""
        if not fact.site.entered:
            return
        if isinstance(fact, ClientCopy):
            yield from self._copy(fact, file)
        else:
            yield from self._shared(fact, file)

    def _copy(self, copy: ClientCopy, file: File) -> Iterator[Finding]:
        if copy.made is None or not copy.call.lacks("http_client"):
            return
        uses = [
            call
            for call in file.all(ApiCall)
            if call.made is copy.made and not {"with_options()", "copy()"} & set(call.via)
        ]
        others = [c for c in file.all(ClientCopy) if c.made is copy.made and c is not copy]
        used = self._used(copy, [*uses, *others], copy.made, file)
        if used is None:
            return
        at, confidence = used
        asynchronous = copy.client.startswith("Async")
        written = http_client(file, copy.node, (), asynchronous=asynchronous)
        fix: Sequence[Change] = (
            Insert(copy.node, (f"http_client={written.text}",)), *written.imports
        )  # fmt: skip
        owner = next(iter(file.site(copy.made).names), copy.client)
        yield self.found(
            copy,
            fix=fix,
            safety=tempered(file, Safety.SHOW, proxy=False),
            confidence=min(copy.confidence, confidence),
            other=owner,
            what="a copy",
            related=(Related(at, "used here"),),
        )

    def _shared(self, init: ClientInit, file: File) -> Iterator[Finding]:
        given = init.http_client
        value = given.value if given is not None else None
        if not isinstance(value, Result) or value.call is None or given is None:
            return
        names = file.site(value.call.node).names
        if value.call.node is given.expr.node or not names:
            return
        made = value.call.node
        others: list[ClientInit | RawCall] = [
            other
            for other in file.all(ClientInit)
            if other is not init
            and other.http_client is not None
            and any(isinstance(v, Result) and v.call is not None and v.call.node is made
                    for v in other.http_client.values)
        ]  # fmt: skip
        others += [raw for raw in file.all(RawCall) if raw.made is made]
        used = self._used(init, others, made, file)
        if used is not None:
            at, confidence = used
            yield self.found(
                init,
                confidence=min(init.confidence, confidence),
                other=names[0],
                what="a client on it",
                related=(Related(at, "used here"),),
            )

    def _used(
        self,
        fact: ClientCopy | ClientInit,
        others: Sequence[ApiCall | ClientCopy | ClientInit | RawCall],
        made: Node,
        file: File,
    ) -> tuple[Node, Confidence] | None:
        """Return where something on the same transport is used once it is closed."""
        site, origin = fact.site, file.site(made)
        with_ = site.statement
        outside = [other for other in others if not stands_in(file, other.node, with_)]
        for other in outside:
            if other.site.function is site.function and other.site.order > site.order:
                return other.node, Confidence.HIGH
        if origin.function is site.function:
            if site.loops > origin.loops:
                return fact.node, Confidence.HIGH
            return None
        lives_on = origin.function is None or any(n.startswith("self.") for n in origin.names)
        for other in outside:
            if lives_on and other.site.function not in (None, origin.function):
                return other.node, Confidence.MEDIUM
        return None
