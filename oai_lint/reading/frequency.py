"""How often a place is run: loops, callers and registrations followed up to the module."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.lifetime import Frequency, Runs
from oai_lint.facts.values import LocalFunction
from oai_lint.reading.tree import children, dotted

if TYPE_CHECKING:
    from oai_lint.reading import Reading

Function = cst.FunctionDef | cst.Lambda

MOST_CALLERS = 6
"""How many steps up the chain of callers are followed."""

_ONCE_NAMES = re.compile(
    r"_*(main|amain|async_main|run_main|__init__|__post_init__|__new__|__init_subclass__|__aenter__"
    r"|__enter__|on_ready|setup|setup_hook|startup|on_startup|start_up|lifespan|bootstrap"
    r"|setUp|setUpClass|asyncSetUp|setup_class|setup_method|setup_module|init|initiali[sz]e"
    r"|on_chat_start|on_load|cli)"
)
_OFTEN_NAMES = frozenset({
    "on_message", "on_message_create", "do_GET", "do_POST", "lambda_handler", "dispatch_request",
})  # fmt: skip
_CACHING = re.compile(
    r"(^|\.)(lru_cache|cache|cached|cache_resource|cache_data|singleton|cachedmethod"
    r"|cached_property|memoize|once|alru_cache|experimental_singleton)$"
)
_FIXTURE = re.compile(r"(^|\.)fixture$")
_START = re.compile(r"(^|\.)(on_startup|before_serving|before_first_request|on_chat_start"
                    r"|before_server_start|asynccontextmanager|contextmanager|setup)$")  # fmt: skip
# Run by a person who types a command: once per process.
_COMMAND_LINES = ("click.", "typer.", "fire.", "invoke.")
_HANDLER = re.compile(
    r"\.(route|get|post|put|patch|delete|api_route|api_view|command"
    r"|hybrid_command|slash_command|event|listen|listener|task|tool|function_tool|message"
    r"|message_handler|callback_query|callback_query_handler|on_message|on|handler|app_command"
    r"|add_function|register_for_execution|register_for_llm|kernel_function|errorhandler|job"
    r"|scheduled_job|shared_task|endpoint|action|cog_slash|subcommand|middleware|view_config"
    r"|on_event|loop|inline_query|channel_post|webhook)$"
)
_HANDLERS_BARE = frozenset({
    "function_tool", "tool", "shared_task", "api_view", "kernel_function", "csrf_exempt", "task",
    "require_http_methods", "require_POST", "login_required",
})  # fmt: skip
_MAPPING = re.compile(
    r"(^|\.)(map|imap|imap_unordered|starmap|amap|map_async|starmap_async|apply|applymap"
    r"|progress_apply|parallel_apply|process_map|thread_map|map_elements|transform|add_handler"
    r"|add_url_rule|add_api_route|add_route|register_function|register|add_command|do|every"
    r"|ChatInterface|Interface|MessageHandler|CommandHandler|CallbackQueryHandler|click|submit"
    r"|change|subscribe|add_event_handler|run_polling|basic_consume|filter|apply_async|schedule"
    r"|Tool|StructuredTool|FunctionTool|from_function|from_defaults|handle|message_handler)$"
)
_RUNNERS = re.compile(
    r"(^|\.)(run|run_until_complete|wrapper|Thread|Process|start_server|run_app|start"
    r"|create_task|ensure_future|wait_for|asyncio_run|run_sync|to_thread|run_in_executor)$"
)
_GATHERING = re.compile(r"(^|\.)(gather|as_completed|wait|gather_with_concurrency|TaskGroup)$")


class Frequencies:
    """Works out how often places of one file are run.

    Args:
        reading: the file.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.tree = reading.tree
        self._calls: dict[int, list[cst.Call]] | None = None
        self._memo: dict[int, Frequency] = {}

    def of(self, node: cst.CSTNode) -> Frequency:
        """Return how often a place is run."""
        loop = self._loop(node)
        if loop is not None:
            is_statement = isinstance(loop, (cst.For, cst.While))
            return Frequency(Runs.OFTEN, "a loop repeats it", loop, is_statement)
        function = self.tree.function(node)
        if function is None:
            return Frequency(Runs.ONCE, "it is at module level")
        return self.of_function(function)

    def _loop(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """Return the innermost loop or comprehension of the same function that repeats a node."""
        child: cst.CSTNode = node
        for parent in self.tree.ancestors(node):
            if isinstance(parent, (cst.FunctionDef, cst.Lambda)):
                return None
            if (
                isinstance(parent, (cst.For, cst.While))
                and (
                    child is parent.body or (isinstance(parent, cst.While) and child is parent.test)
                )
                and not self._left_at_once(parent, node)
            ):
                return parent
            if isinstance(parent, cst.BaseComp) and not (
                isinstance(child, cst.CompFor) and self.tree.inside(node, child.iter)
            ):
                return parent
            child = parent
        return None

    def _left_at_once(self, loop: cst.For | cst.While, node: cst.CSTNode) -> bool:
        """Say whether a branch of the loop that holds ``node`` always leaves the loop."""
        current: cst.CSTNode | None = node
        while current is not None and current is not loop:
            block = self.tree.parents.get(current)
            if isinstance(block, cst.IndentedBlock):
                after = list(block.body)
                index = next(i for i, statement in enumerate(after) if statement is current)
                for statement in after[index:]:
                    if isinstance(statement, cst.SimpleStatementLine) and isinstance(
                        statement.body[-1], (cst.Break, cst.Return, cst.Raise)
                    ):
                        return True
            current = block
        return False

    def of_function(self, function: Function, depth: int = 0) -> Frequency:
        """Return how often the body of a function is run."""
        key = id(function)
        if key not in self._memo:
            self._memo[key] = Frequency(Runs.UNKNOWN)  # in a recursion, going round adds nothing
            self._memo[key] = self._judge(function, depth)
        return self._memo[key]

    def _judge(self, function: Function, depth: int) -> Frequency:
        if isinstance(function, cst.Lambda):
            return Frequency(Runs.UNKNOWN)
        name = function.name.value
        for decorator in function.decorators:
            found = self._decorated(decorator)
            if found is not None:
                return found
        if name in _OFTEN_NAMES and self.reading.tree.class_of(function) is not None:
            return Frequency(Runs.OFTEN, f"`{name}` handles every message")
        if name in ("lambda_handler",):
            return Frequency(Runs.OFTEN, f"`{name}` runs for every event")
        if _ONCE_NAMES.fullmatch(name):
            return Frequency(Runs.ONCE, f"`{name}` runs once")
        if depth > MOST_CALLERS:
            return Frequency(Runs.UNKNOWN)
        return self._called(function, name, depth)

    def _decorated(self, decorator: cst.Decorator) -> Frequency | None:
        node = decorator.decorator
        target = node.func if isinstance(node, cst.Call) else node
        written = dotted(target) or ""
        origin = self.reading.evaluator.origin(target) or written
        if origin.startswith(("unittest.", "mock.", "pytest.", "respx.")):
            return None
        if _CACHING.search(origin) or _CACHING.search(written):
            return Frequency(Runs.ONCE, "its result is cached")
        if _FIXTURE.search(origin):
            return Frequency(Runs.ONCE, "it is a fixture")
        if _START.search(written):
            return Frequency(Runs.ONCE, "it runs at start")
        if isinstance(node, cst.Call) and written.endswith(".on_event"):
            return Frequency(Runs.ONCE, "it runs at start")
        if origin.startswith(_COMMAND_LINES):
            return Frequency(Runs.ONCE, "it is a command of the shell")
        if _HANDLER.search(written) or written in _HANDLERS_BARE:
            if written.endswith(".command") and self._types_commands():
                return Frequency(Runs.ONCE, "it is a command of the shell")
            return Frequency(Runs.OFTEN, f"`@{written}` runs it for every request")
        return None

    def _types_commands(self) -> bool:
        """Say whether the file's commands may be those of a command line."""
        imports = self.reading.imports
        return (
            imports("click")
            or imports("typer")
            or not (
                imports("discord")
                or imports("telegram")
                or imports("nextcord")
                or imports("disnake")
                or imports("twitchio")
                or imports("interactions")
            )
        )

    def _called(self, function: cst.FunctionDef, name: str, depth: int) -> Frequency:
        """Judge by the places where the function is called or handed on."""
        once = unknown = 0
        for call in self._calls_of(function):
            if self.tree.inside(call, function):
                continue  # recursion
            if self._loop(call) is not None:
                return Frequency(Runs.OFTEN, f"`{name}()` is called in a loop")
            if self._gathered(call):
                return Frequency(Runs.OFTEN, f"`{name}()` is gathered")
            outer = self.tree.function(call)
            if outer is None:
                once += 1
                continue
            above = self.of_function(outer, depth + 1)
            if above.often:
                return Frequency(
                    Runs.OFTEN,
                    f"{above.reason}, which leads to `{name}()`",
                    confidence=above.confidence,
                )
            if above.runs is Runs.ONCE:
                once += 1
            else:
                unknown += 1
        for call in self._handed(function):
            callee = dotted(call.func) or ""
            if isinstance(call.func, cst.Attribute) and not callee:
                callee = f".{call.func.attr.value}"
            if callee.startswith("atexit."):
                once += 1
            elif _RUNNERS.search(callee) and self._loop(call) is None:
                outer = self.tree.function(call)
                if outer is None or self.of_function(outer, depth + 1).runs is Runs.ONCE:
                    once += 1
                    continue
                unknown += 1
            elif _MAPPING.search(callee) or self._loop(call) is not None:
                return Frequency(Runs.OFTEN, f"`{name}` is handed to `{callee.lstrip('.')}()`")
            else:
                unknown += 1
        if once and not unknown:
            return Frequency(Runs.ONCE, f"`{name}()` is called once")
        return Frequency(Runs.UNKNOWN)

    def _gathered(self, call: cst.Call) -> bool:
        """Say whether a call stands in a list of calls that are run together."""
        for parent in self.tree.ancestors(call):
            if isinstance(parent, cst.BaseStatement | cst.BaseSmallStatement):
                return False
            if isinstance(parent, cst.Call) and _GATHERING.search(dotted(parent.func) or ""):
                own = [arg for arg in parent.args if arg.star == ""]
                return len(own) > 2
        return False

    def _calls_of(self, function: cst.FunctionDef) -> Iterable[cst.Call]:
        if self._calls is None:
            self._calls = {}
            for node in self.tree.nodes.get(cst.Call, ()):
                assert isinstance(node, cst.Call)
                for value in self.reading.evaluator.values(node.func):
                    if isinstance(value, LocalFunction):
                        self._calls.setdefault(id(value.node), []).append(node)
        return self._calls.get(id(function), ())

    def _handed(self, function: cst.FunctionDef) -> Iterable[cst.Call]:
        """Yield the calls that are given the function itself."""
        name = function.name.value
        parents = self.tree.parents
        for use in (*self.reading._reads(name), *self.reading._reads(f"self.{name}")):
            parent = parents.get(use)
            if not isinstance(parent, cst.Arg):
                continue
            call = parents.get(parent)
            if isinstance(call, cst.Call) and any(
                isinstance(value, LocalFunction) and value.node is function
                for value in self.reading.evaluator.values(use)
            ):
                yield call


_PROMPTS = re.compile(
    r"_*(user|system|input|chat|raw|new|current|the|full|final|my)?_*(prompt|messages?|msgs?|text"
    r"|question|query|content|inputs?|history|conversation|instructions?|sentence"
    r"|topic|document|chunk|task|user_input|user_message|input_text|code|code_snippet"
    r"|article|image|image_path|image_url|audio|audio_file|transcript|description|goal|title"
    r"|comment|email|request|line|paragraph)(_text|_content|_str)?"
)


def takes_prompt(function: Function | None) -> str:
    """Return the name of the parameter that looks like what the model is asked, or nothing."""
    if not isinstance(function, cst.FunctionDef):
        return ""
    params = function.params
    for param in (*params.posonly_params, *params.params, *params.kwonly_params):
        if _PROMPTS.fullmatch(param.name.value):
            return param.name.value
    return ""


def varies(reading: Reading, node: cst.CSTNode, within: cst.CSTNode, depth: int = 0) -> bool:
    """Say whether a node may give something else each time that ``within`` runs."""
    tree = reading.tree
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, (cst.Lambda, cst.BaseComp, cst.Await, cst.Yield)):
            return True
        if isinstance(current, cst.Call):
            origin = reading.evaluator.origin(current.func)
            if origin not in _STEADY and not _builds(origin):
                return True
        if isinstance(current, cst.Name) and _is_read(reading, current):
            if current.value in ("self", "cls") and isinstance(within, cst.FunctionDef):
                return True
            bindings = reading.scopes.reaching(current, current.value)
            inside = [b for b in bindings if tree.inside(b.node, within)]
            for binding in inside:
                steady = (
                    len(bindings) == 1
                    and depth < 4
                    and binding.kind == "assign"
                    and binding.value is not None
                    and not varies(reading, binding.value, within, depth + 1)
                )
                if not steady and binding.kind not in ("import", "from"):
                    return True
        stack.extend(children(current))
    return False


def reads_own(reading: Reading, node: cst.CSTNode, within: cst.CSTNode) -> bool:
    """Say whether a node reads a name that is bound inside ``within``."""
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, cst.Name) and _is_read(reading, current):
            bindings = reading.scopes.reaching(current, current.value)
            if any(reading.tree.inside(binding.node, within) for binding in bindings):
                return True
        stack.extend(children(current))
    return False


def holds_at(reading: Reading, node: cst.CSTNode, place: cst.CSTNode) -> bool:
    """Say whether all that a node reads is there at another place, bound by the same statements."""
    tree, scopes = reading.tree, reading.scopes
    visible = list(scopes.enclosing(scopes.scope_of(place)))
    stack = [node]
    while stack:
        current = stack.pop()
        stack.extend(children(current))
        name = dotted(current) if isinstance(current, cst.Attribute) else None
        if isinstance(current, cst.Name) and _is_read(reading, current):
            name = current.value
        if name is None:
            continue
        bindings = scopes.reaching(place, name)
        if {id(b) for b in bindings} != {id(b) for b in scopes.reaching(current, name)}:
            return False
        for binding in bindings:
            homes = (s for s in visible if binding in scopes.bindings.get(s, {}).get(name, ()))
            home = next(homes, None)
            late = tree.order[binding.node] >= tree.order[place]
            if home is None or (home is visible[0] and late):
                return False
    return True


def _is_read(reading: Reading, node: cst.Name) -> bool:
    parent = reading.tree.parents.get(node)
    return not (
        (isinstance(parent, cst.Attribute) and parent.attr is node)
        or (isinstance(parent, cst.Arg) and parent.keyword is node)
    )


_STEADY = frozenset({
    "os.getenv", "os.environ.get", "builtins.str", "builtins.int", "builtins.float",
    "builtins.dict", "pydantic.SecretStr", "os.path.join",
})  # fmt: skip


def _builds(origin: str) -> bool:
    root, _, name = origin.rpartition(".")
    return root.split(".")[0] in ("httpx", "httpx2", "openai") and name[:1].isupper()


__all__ = ["Frequencies", "holds_at", "reads_own", "takes_prompt", "varies"]
