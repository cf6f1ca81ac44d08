"""The table of producers: which function finds the facts of which kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from oai_lint.facts.answers import EventLoop, StatusCheck, SuccessBranch
from oai_lint.facts.clients import (
    ApiCall,
    ClientCopy,
    ClientInit,
    ClientSetting,
    ModuleRead,
    ModuleSetting,
    ResultUse,
    WrappedCall,
)
from oai_lint.facts.errors import ErrorRead, ErrorTextTest, SdkImport, Try
from oai_lint.facts.guesses import Guessed
from oai_lint.facts.handovers import Handover, MixedRead
from oai_lint.facts.http import HttpClient, HttpSetting, LegacyImport, RawCall
from oai_lint.facts.keys import (
    Disclosure,
    EnvironmentRead,
    EnvironmentWrite,
    KeyComment,
    KeyLiteral,
    KeyUse,
    ModuleValue,
    StrayKey,
)
from oai_lint.facts.leftovers import Leftover
from oai_lint.facts.lifetime import LoopRun, Retry
from oai_lint.facts.objects import ObjectSetting
from oai_lint.facts.outputs import ContentRead, Execution
from oai_lint.facts.plain import PLAIN
from oai_lint.facts.proxies import ProxyUse, UnusedOpener
from oai_lint.facts.tls import ContextSetting, TlsBypass
from oai_lint.reading import (
    answers,
    clients,
    disclosures,
    environment,
    errors,
    guesses,
    handovers,
    http,
    keys,
    leftovers,
    literals,
    objects,
    openai_module,
    outputs,
    proxies,
    result_uses,
    rounds,
    tls,
)
from oai_lint.reading.strays import stray_keys

if TYPE_CHECKING:
    from oai_lint.reading import Reading

PRODUCERS: dict[type, Callable[[Reading], Iterator[Any]]] = {
    ApiCall: clients.api_calls,
    ClientCopy: clients.client_copies,
    ClientInit: clients.client_inits,
    ClientSetting: clients.client_settings,
    ContextSetting: tls.context_settings,
    EnvironmentRead: environment.environment_reads,
    EnvironmentWrite: environment.environment_writes,
    ContentRead: outputs.content_reads,
    ErrorRead: errors.error_reads,
    EventLoop: answers.event_loops,
    ErrorTextTest: errors.error_text_tests,
    Execution: outputs.executions,
    Guessed: guesses.guessed,
    Handover: handovers.handovers,
    HttpClient: http.http_clients,
    HttpSetting: http.http_settings,
    KeyComment: literals.key_comments,
    KeyLiteral: literals.key_literals,
    KeyUse: keys.key_uses,
    LoopRun: rounds.loop_runs,
    Leftover: leftovers.leftovers,
    LegacyImport: http.legacy_imports,
    MixedRead: handovers.mixed_reads,
    ModuleRead: openai_module.module_reads,
    ModuleSetting: openai_module.module_settings,
    ModuleValue: keys.module_values,
    ObjectSetting: objects.object_settings,
    Disclosure: disclosures.disclosures,
    ProxyUse: proxies.proxy_uses,
    RawCall: http.raw_calls,
    TlsBypass: tls.tls_bypasses,
    UnusedOpener: proxies.unused_openers,
    ResultUse: result_uses.result_uses,
    Retry: rounds.retries,
    StatusCheck: answers.status_checks,
    SuccessBranch: answers.success_branches,
    SdkImport: errors.sdk_imports,
    StrayKey: stray_keys,
    Try: errors.tries,
    WrappedCall: clients.wrapped_calls,
    **dict.fromkeys(PLAIN, lambda _: iter(())),
}
"""Who makes the facts of each kind."""
