"""Calls of SDK 0.x."""

from collections.abc import Iterator

from oai_lint.facts import ApiCall, ClientInit, File, Leftover, ModuleRead, ModuleSetting
from oai_lint.fixes.calls import carried_along, rewritten_call
from oai_lint.fixes.migration import async_client, bridged, module_name
from oai_lint.fixes.results import attribute_changes, uses_through
from oai_lint.knowledge import legacy
from oai_lint.knowledge.endpoints import MOVED, REPLACED, endpoint
from oai_lint.patch import Change, Node, Rename, Replace, Safety
from oai_lint.rule import Example, Finding, Rule, Severity


class RemovedCall(Rule[ApiCall | ModuleRead]):
    """SDK 1.0 removed the classes of the module: `openai.ChatCompletion`, `openai.Embedding`….

    From 1.2 on the names exist again, as placeholders: importing or testing them succeeds and
    the call raises `APIRemovedInV1` (`AttributeError` in 1.0 and 1.1).  That error is an
    `openai.OpenAIError`, so a handler for the SDK's errors swallows it and the program merely
    never gets an answer.  The same goes for `acreate` on a client: the asynchronous methods have
    the plain names, on `AsyncOpenAI`.  Later releases took methods from the clients as well:
    `beta.vector_stores` moved to `vector_stores`, `edits` and `fine_tunes` are no more.

    The vendor's command that rewrote such code was removed in 2.35; this fix replaces it.  It
    renames the call and its arguments (`engine=` to `model=`, `request_timeout=` to `timeout=`)
    and turns what reads the result from keys to attributes, through variables, loops over
    streams and helpers of the same file.  Where only a dict will do, as in a list of dicts, for
    `json.dumps` or where the dicts of another library are read at the same place,
    `.model_dump(exclude_unset=True)` makes the dict that 0.x gave.  A call with credentials of its
    own gets a client of its own; where it is run often, one that a cached function keeps.  A
    synchronous call that is awaited becomes the asynchronous one that was meant.

    The methods of 0.x took anything, those since are typed: in a function with annotations the
    variable that holds the messages, the functions or the options of a call gets one as well; in
    code without, it does with the setting `annotate = true` or `oai-lint migrate --annotate`.

    ## Fix safety
    Safe where the module's own client takes over: the code could not work at all.  Unsafe where
    a client has to be built (`acreate`, credentials passed with the call, Azure), and where the
    declared SDK range still admits 0.x, or a release that has not yet moved the methods.

    ## References
    - https://github.com/openai/openai-python/discussions/742
    - https://github.com/openai/openai-python/blob/main/README.md#usage
    """

    code = "OAI801"
    message = "`openai.{old}` raises in SDK 1.0 and later: call `{new}`"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Call the method that takes its place"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "import openai\n\n"
                "answer = openai.ChatCompletion.create(\n"
                '    engine="gpt-4o", messages=messages, request_timeout=30\n'
                ")\n"
                'print(answer["choices"][0]["message"]["content"])\n'
            ),
            good=(
                "import openai\n\n"
                "answer = openai.chat.completions.create(\n"
                '    model="gpt-4o", messages=messages, timeout=30\n'
                ")\n"
                "print(answer.choices[0].message.content)\n"
            ),
        ),
    )

    def check(self, fact: ApiCall | ModuleRead, file: File) -> Iterator[Finding]:
        """Report a call of 0.x, and a method of 0.x that is passed on to be called."""
        if fact.site.guarded:
            return
        if isinstance(fact, ModuleRead):
            yield from self._passed(fact, file)
        elif fact.legacy:
            yield from self._called(fact, file)
        elif fact.path.rpartition(".")[2] in legacy.ASYNC_METHODS:
            yield from self._asynchronous(fact, file)
        else:
            yield from self._lost(fact, file)

    def _called(self, call: ApiCall, file: File) -> Iterator[Finding]:
        if _reference(call, file) is not None:
            return  # reported where the method is named
        rewrite = rewritten_call(call, file) if not _replaced(file) else None
        yield self.found(
            call.call.func,
            old=call.path,
            message=_gone(call.path),
            new=_new(call.path),
            fix=rewrite.changes if rewrite is not None else (),
            safety=bridged(file, rewrite.safety) if rewrite is not None else None,
            confidence=call.confidence,
        )

    def _passed(self, read: ModuleRead, file: File) -> Iterator[Finding]:
        old = legacy.call_of(read.name)
        if old is None or read.imported or not read.direct or read.called:
            return
        fix: list[Change] = []
        safety = Safety.UNSAFE
        found = module_name(file, read.node) if not _replaced(file) else None
        if old.is_async and read.site.at_module_level and not _has_key(read, file):
            safety = Safety.SHOW  # a client cannot be built at import without a key
        calls = [call for call in file.all(ApiCall) if _reference(call, file) is read.node]
        along = [carried_along(call, file) for call in calls]
        if old.new is not None and found is not None and not old.suffix and None not in along:
            root, needed = found
            fix += needed
            if old.is_async:
                root, made = async_client(file, read.node, root)
                fix += made
            fix.append(Replace(read.node, (f"{root}.{old.new}",)))
            for changes in along:
                fix += changes or ()
            for use in uses_through(file, read.outer, old.name) if old.attributes else ():
                fix += attribute_changes(use) or ()
        yield self.found(
            read,
            old=old.name,
            message=_gone(old.name),
            new=_new(old.name),
            fix=fix,
            safety=safety,
        )

    def _asynchronous(self, call: ApiCall, file: File) -> Iterator[Finding]:
        owner, _, method = call.path.rpartition(".")
        plain = legacy.ASYNC_METHODS[method]
        fix: list[Change] = []
        safety = bridged(file)
        if call.client.startswith("Async"):
            fix.append(Rename(call.call.func.node, plain))
        elif call.on_module:
            found = module_name(file, call.node)
            if found is not None:
                root, made = async_client(file, call.node, found[0])
                fix += (*found[1], *made)
                fix.append(Replace(call.call.func.node, (f"{root}.{owner}.{plain}",)))
            safety = Safety.UNSAFE
        else:
            fix += _made_async(call, plain, file)
            safety = Safety.UNSAFE
        yield self.found(
            call.call.func,
            message="no client has `{old}`: this raises `AttributeError`; await `{new}` of an "
            "`AsyncOpenAI`",
            old=method,
            new=plain,
            fix=fix,
            safety=safety,
            confidence=call.confidence,
        )

    def _lost(self, call: ApiCall, file: File) -> Iterator[Finding]:
        method = endpoint(call.path)
        if method is None or method.until is None or not file.target.reaches(*method.until):
            return
        group = next(group for group in (*MOVED, *REPLACED) if call.path.startswith(f"{group}."))
        place = MOVED.get(group, "")
        code = file.code(call.call.func.node)
        fix: list[Change] = []
        if place and f".{group}." in code:
            before, _, method_name = code.rpartition(f".{group}.")
            moved = f"{before}.{place}.{method_name}"
            fix.append(Replace(call.call.func.node, (moved,)))
        yield self.found(
            call.call.func,
            message="no client of SDK {since} and later has `{old}`: this raises `AttributeError`; "
            "{new}",
            since=method.until,
            old=group,
            new=f"call `{call.path.replace(group, place, 1)}`" if place else REPLACED[group],
            fix=fix,
            safety=Safety.SAFE if file.target.starts(*method.until) else Safety.UNSAFE,
            confidence=call.confidence,
        )


def _replaced(file: File) -> bool:
    """Say whether the file puts functions of its own in the place of methods of 0.x."""
    return any(leftover.kind == "replaced" for leftover in file.all(Leftover))


def _has_key(read: ModuleRead, file: File) -> bool:
    """Say whether the module is given a key before a place at module level."""
    return any(
        setting.name == "api_key"
        and setting.site.at_module_level
        and setting.site.order < read.site.order
        for setting in file.all(ModuleSetting)
    )


def _reference(call: ApiCall, file: File) -> Node | None:
    """Return where the method of a call is named, where that is another place."""
    if not call.legacy:
        return None
    nodes = {value.node for value in call.call.func.values}
    for read in file.all(ModuleRead):
        if read.node in nodes and read.direct and not read.called and not read.imported:
            return read.node if legacy.call_of(read.name) is not None else None
    return None


def _made_async(call: ApiCall, plain: str, file: File) -> Iterator[Change]:
    """Make the client of a call asynchronous, where all its calls are meant to be."""
    init = next((i for i in file.all(ClientInit) if i.node is call.made), None)
    calls = [other for other in file.all(ApiCall) if other.made is call.made]
    if init is None or any(
        other.path.rpartition(".")[2] not in legacy.ASYNC_METHODS for other in calls
    ):
        return
    found = module_name(file, init.node)
    if found is None:
        return
    yield from found[1]
    yield Replace(init.call.func.node, (f"{found[0]}.Async{init.cls}",))
    for other in calls:
        name = legacy.ASYNC_METHODS[other.path.rpartition(".")[2]]
        yield Rename(other.call.func.node, name)


def _new(path: str) -> str:
    old = legacy.CALLS.get(path)
    if old is None:
        return "a method of a client"
    if old.new is None:
        return old.instead
    return f"AsyncOpenAI().{old.new}" if old.is_async else f"openai.{old.new}"


def _gone(path: str) -> str:
    old = legacy.CALLS.get(path)
    if old is not None and old.new is None:
        return "`openai.{old}` raises in SDK 1.0 and later, the endpoint is gone; instead: {new}"
    return ""
