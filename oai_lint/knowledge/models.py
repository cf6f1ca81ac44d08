"""Models: which are shut down and when, what takes their place, and what some of them refuse.

Where the dates come from, best source first:

1. the SDK itself: openai 3.54.0 carries the vendor's dates ("Announced shutdown date") in the
   documentation of its model types; ``tests/test_knowledge.py`` compares every one of them;
2. the vendor's deprecations page, by the anchor of the notice (``source``), read in stored public
   copies of November 2025, July, October and November 2026;
3. for notices after July 2026, pages that quote the vendor's table; they are named in ``source``.

The table was last compared with these sources on 2026-11-22.  Successors are the vendor's words of
the newest copy that names one.  A date may move: dates of days to come are announcements.  Rows
without a source are left out.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, Literal, NamedTuple


class Retirement(NamedTuple):
    """A model id that stops, or stopped, to answer."""

    model: str
    date: str
    """ISO date of the shutdown, so it compares as text."""
    successors: tuple[str, ...]
    """What the vendor recommends, best first; empty when the sources name nothing."""
    source: str
    note: str = ""
    """What changes along with the name, when the successor is not a drop-in."""


_PAGE: Final = "https://developers.openai.com/api/docs/deprecations"
# The vendor's older address keeps an anchor per notice.
_NOTICE: Final = "https://platform.openai.com/docs/deprecations#"

_CODEX: Final = f"{_NOTICE}2023-03-20-codex-models"
_CHAT_2023_06: Final = f"{_NOTICE}2023-06-13-updated-chat-models"
_GPT3: Final = f"{_NOTICE}2023-07-06-gpt-and-embeddings"
_CHAT_2023_11: Final = f"{_NOTICE}2023-11-06-chat-model-updates"
_GPT4_32K: Final = f"{_NOTICE}2024-06-06-gpt-4-32k-and-vision-preview-models"
_GPT45: Final = f"{_NOTICE}2025-04-14-gpt-4-5-preview"
_O1_PREVIEW: Final = f"{_NOTICE}2025-04-28-o1-preview-and-o1-mini"
_MODERATION: Final = f"{_NOTICE}2025-04-28-text-moderation"
_REALTIME_2024: Final = f"{_NOTICE}2025-06-10-gpt-4o-realtime-preview-2024-10-01"
_AUDIO_2024: Final = f"{_NOTICE}2025-06-10-gpt-4o-audio-preview-2024-10-01"
_REALTIME: Final = f"{_NOTICE}2025-09-15-gpt-4o-realtime-preview-models"
_LEGACY_2025: Final = f"{_NOTICE}2025-09-26-legacy-gpt-model-snapshots"
_DALLE: Final = f"{_NOTICE}2025-11-14-dalle-model-snapshots"
_CODEX_MINI: Final = f"{_NOTICE}2025-11-17-codex-mini-latest-model-snapshot"
_CHATGPT_4O: Final = f"{_NOTICE}2025-11-18-chatgpt-4o-latest-snapshot"
_SORA: Final = f"{_NOTICE}2026-03-24-sora-2-video-generation-models-and-videos-api"
_LEGACY_2026: Final = f"{_NOTICE}2026-04-22-legacy-gpt-model-snapshots"
_CHAT_LATEST: Final = (
    f"{_NOTICE}2026-05-08-gpt-5-2-chat-latest-and-gpt-5-3-chat-latest-model-snapshots"
)
_GPT5: Final = f"{_NOTICE}2026-06-11-gpt-5-and-o3-model-deprecations"
_AUDIO_2026: Final = f"{_NOTICE}2026-07-20-legacy-audio-realtime-and-transcription-models"
_TRANSCRIBE: Final = (
    "https://www.developersdigest.tech/blog/whisper-1-gpt-4o-transcribe-deprecation"
)
_SPEECH: Final = "https://www.assemblyai.com/blog/migrate-openai-tts-to-assemblyai"
_GPT4: Final = "https://codersera.com/blog/gpt-4o-gpt-4-1-api-shutdown-migration-2026/"
_GPT51: Final = "https://pypi.org/project/openai/3.54.0/"
_GPT53: Final = "https://dev.to/aidriftline"
_CYBER: Final = "https://www.w3cschool.cn/openai_api/openai_api-docs-deprecations.html"

_PRO: Final = "with `reasoning.mode` `pro`"
_REASONS: Final = "a reasoning model: some parameters change along"


def _rows(
    date: str, successors: str, source: str, models: str, note: str = ""
) -> tuple[Retirement, ...]:
    return tuple(
        Retirement(model, date, tuple(successors.split()), source, note) for model in models.split()
    )


RETIREMENTS: Final[dict[str, Retirement]] = {
    row.model: row
    for rows in (
        _rows("2023-03-23", "gpt-4o", _CODEX, "code-davinci-001 code-cushman-001 code-cushman-002"),
        # Codex again: the notice of 2023-03-20 says three days, the later table keeps this one on.
        _rows("2024-01-04", "gpt-3.5-turbo-instruct", _GPT3, "code-davinci-002"),
        _rows(
            "2024-01-04",
            "gpt-3.5-turbo-instruct",
            _GPT3,
            "text-ada-001 text-babbage-001 text-curie-001 text-davinci-001 text-davinci-002 "
            "text-davinci-003",
        ),
        _rows("2024-01-04", "babbage-002", _GPT3, "ada babbage"),
        _rows("2024-01-04", "davinci-002", _GPT3, "curie davinci"),
        _rows(
            "2024-01-04",
            "gpt-4o",
            _GPT3,
            "text-davinci-edit-001 code-davinci-edit-001",
            "the edits endpoint is gone too: `chat.completions.create`",
        ),
        _rows(
            "2024-01-04",
            "text-embedding-3-small",
            _GPT3,
            "text-similarity-ada-001 text-search-ada-doc-001 text-search-ada-query-001 "
            "code-search-ada-code-001 code-search-ada-text-001 text-similarity-babbage-001 "
            "text-search-babbage-doc-001 text-search-babbage-query-001 "
            "code-search-babbage-code-001 code-search-babbage-text-001 text-similarity-curie-001 "
            "text-search-curie-doc-001 text-search-curie-query-001 text-similarity-davinci-001 "
            "text-search-davinci-doc-001 text-search-davinci-query-001",
            "vectors of different models cannot be compared: embed everything anew",
        ),
        _rows("2024-09-13", "gpt-3.5-turbo", _CHAT_2023_06, "gpt-3.5-turbo-0301"),
        # The undated 16k alias is dated by the SDK.
        _rows(
            "2024-09-13",
            "gpt-3.5-turbo",
            _CHAT_2023_11,
            "gpt-3.5-turbo-0613 gpt-3.5-turbo-16k gpt-3.5-turbo-16k-0613",
        ),
        _rows("2024-12-06", "gpt-4o", _GPT4_32K, "gpt-4-vision-preview gpt-4-1106-vision-preview"),
        _rows("2025-06-06", "gpt-4o", _GPT4_32K, "gpt-4-32k gpt-4-32k-0314 gpt-4-32k-0613"),
        _rows("2025-07-14", "gpt-4.1", _GPT45, "gpt-4.5-preview"),
        # The dated snapshots of these two are dated by the SDK.
        _rows("2025-07-28", "o3", _O1_PREVIEW, "o1-preview o1-preview-2024-09-12"),
        _rows("2025-10-27", "o4-mini", _O1_PREVIEW, "o1-mini o1-mini-2024-09-12"),
        _rows(
            "2025-10-27",
            # The page says "omni-moderation"; the ids of that family are dated or end in -latest.
            "omni-moderation-latest",
            _MODERATION,
            "text-moderation-007 text-moderation-stable text-moderation-latest",
        ),
        _rows(
            "2025-10-10", "gpt-realtime-1.5", _REALTIME_2024, "gpt-4o-realtime-preview-2024-10-01"
        ),
        _rows("2025-10-10", "gpt-audio-1.5", _AUDIO_2024, "gpt-4o-audio-preview-2024-10-01"),
        # The vendor named `gpt-5-codex-mini`, an id that no SDK lists.
        _rows("2026-02-12", "", _CODEX_MINI, "codex-mini-latest"),
        _rows("2026-02-17", "gpt-5.1-chat-latest", _CHATGPT_4O, "chatgpt-4o-latest"),
        _rows(
            "2026-03-26",
            "gpt-5 gpt-4.1",
            _LEGACY_2025,
            "gpt-4-0314 gpt-4-0125-preview gpt-4-turbo-preview gpt-4-turbo-preview-completions",
        ),
        _rows(
            "2026-05-07",
            "gpt-realtime-1.5",
            _REALTIME,
            "gpt-4o-realtime-preview gpt-4o-realtime-preview-2024-12-17 "
            "gpt-4o-realtime-preview-2025-06-03",
        ),
        _rows("2026-05-07", "gpt-realtime-mini", _REALTIME, "gpt-4o-mini-realtime-preview"),
        _rows(
            "2026-05-07",
            "gpt-audio-1.5",
            _REALTIME,
            "gpt-4o-audio-preview gpt-4o-audio-preview-2024-12-17 gpt-4o-audio-preview-2025-06-03",
        ),
        _rows(
            "2026-05-07",
            "gpt-audio-mini",
            _REALTIME,
            "gpt-4o-mini-audio-preview gpt-4o-mini-audio-preview-2024-12-17",
        ),
        _rows(
            "2026-05-12",
            "gpt-image-2",
            _DALLE,
            "dall-e-2 dall-e-3",
            "`size`, `quality`, `style` and `response_format` change along",
        ),
        _rows(
            "2026-07-23",
            "gpt-5.6-terra",
            _LEGACY_2026,
            "computer-use-preview computer-use-preview-2025-03-11 gpt-4o-search-preview "
            "gpt-4o-search-preview-2025-03-11 gpt-4o-mini-search-preview "
            "gpt-4o-mini-search-preview-2025-03-11 gpt-5.1-codex-mini",
            _REASONS,
        ),
        _rows(
            "2026-07-23",
            "gpt-5.6-sol",
            _LEGACY_2026,
            "gpt-5-chat-latest gpt-5-codex gpt-5.1-chat-latest gpt-5.1-codex gpt-5.1-codex-max "
            "gpt-5.2-codex o3-deep-research o3-deep-research-2025-06-26 o4-mini-deep-research "
            "o4-mini-deep-research-2025-06-26",
            _REASONS,
        ),
        _rows(
            "2026-07-23", "gpt-4o-mini-tts-2025-12-15", _LEGACY_2026, "gpt-4o-mini-tts-2025-03-20"
        ),
        _rows("2026-07-23", "gpt-audio-1.5", _LEGACY_2026, "gpt-audio-mini-2025-10-06"),
        _rows(
            "2026-07-23",
            "gpt-realtime-2.1-mini",
            _LEGACY_2026,
            "gpt-realtime-mini-2025-10-06 gpt-4o-mini-realtime-preview-2024-12-17",
        ),
        _rows(
            "2026-08-10",
            "gpt-5.6-sol",
            _CHAT_LATEST,
            "gpt-5.2-chat-latest gpt-5.3-chat-latest",
            _REASONS,
        ),
        _rows(
            "2026-09-24",
            "",
            _SORA,
            "sora-2 sora-2-pro sora-2-2025-10-06 sora-2-2025-12-08 sora-2-pro-2025-10-06",
        ),
        _rows(
            "2026-09-28",
            "gpt-5.4-mini gpt-5-mini",
            _LEGACY_2025,
            "gpt-3.5-turbo-1106",
            _REASONS,
        ),
        _rows(
            "2026-09-28",
            "gpt-5.4-mini gpt-5-mini",
            _LEGACY_2025,
            "gpt-3.5-turbo-instruct babbage-002 davinci-002",
            "not a completions model: `chat.completions.create` or `responses.create`",
        ),
        _rows(
            "2026-10-23",
            "gpt-5.6-terra",
            _LEGACY_2026,
            "gpt-3.5-turbo gpt-3.5-turbo-0125 gpt-3.5-turbo-completions o4-mini o4-mini-2025-04-16",
            _REASONS,
        ),
        _rows(
            "2026-10-23",
            "gpt-5.6-sol",
            _LEGACY_2026,
            "gpt-4 gpt-4-0613 gpt-4-completions gpt-4-0613-completions gpt-4-1106-preview "
            "gpt-4-turbo gpt-4-turbo-2024-04-09 gpt-4-turbo-completions gpt-4o-2024-05-13 o1 "
            "o1-2024-12-17 o3-mini o3-mini-2025-01-31",
            _REASONS,
        ),
        _rows("2026-10-23", "gpt-5.6-sol", _LEGACY_2026, "o1-pro o1-pro-2025-03-19", _PRO),
        _rows(
            "2026-10-23",
            "gpt-5.6-luna",
            _LEGACY_2026,
            "gpt-4.1-nano gpt-4.1-nano-2025-04-14",
            _REASONS,
        ),
        # Dated and replaced by the SDK's own words.
        _rows(
            "2026-10-23",
            "gpt-image-2.5-sunburst gpt-image-2.5-flare",
            _LEGACY_2026,
            "gpt-image-1",
        ),
        # To come, as announced.
        _rows(
            "2026-12-01",
            "gpt-image-2.6-sunburst gpt-image-2.6-flare",
            _PAGE,
            "gpt-image-1-mini gpt-image-1.5 gpt-image-1.5-2025-12-16 chatgpt-image-latest",
        ),
        _rows("2026-12-11", "gpt-6.1-sol", _PAGE, "gpt-5 gpt-5-2025-08-07"),
        _rows("2026-12-11", "gpt-6.1-terra", _PAGE, "gpt-5-mini gpt-5-mini-2025-08-07"),
        _rows("2026-12-11", "gpt-5.6-luna", _GPT5, "gpt-5-nano gpt-5-nano-2025-08-07"),
        _rows("2026-12-11", "gpt-5.6-sol", _GPT5, "o3 o3-2025-04-16"),
        _rows(
            "2026-12-11",
            "gpt-5.6-sol",
            _GPT5,
            "gpt-5-pro gpt-5-pro-2025-10-06 o3-pro o3-pro-2025-06-10",
            _PRO,
        ),
        _rows(
            "2027-01-06",
            "gpt-realtime-2.1-mini",
            _SPEECH,
            "tts-1 tts-1-hd gpt-4o-mini-tts gpt-4o-mini-tts-2025-12-15",
            "the successor is a Realtime model: `audio.speech.create` does not take it",
        ),
        _rows(
            "2027-01-14",
            "gpt-6-luna",
            _GPT4,
            "gpt-4o gpt-4o-2024-08-06 gpt-4o-2024-11-20 gpt-4o-mini gpt-4o-mini-2024-07-18 gpt-4.1 "
            "gpt-4.1-2025-04-14 gpt-4.1-mini gpt-4.1-mini-2025-04-14",
            _REASONS,
        ),
        _rows(
            "2027-01-20", "gpt-realtime-2.1", _AUDIO_2026, "gpt-realtime gpt-realtime-2025-08-28"
        ),
        _rows(
            "2027-01-20",
            "gpt-realtime-2.1-mini",
            _AUDIO_2026,
            "gpt-realtime-mini gpt-realtime-mini-2025-12-15",
        ),
        _rows(
            "2027-01-20",
            "gpt-audio-1.5",
            _AUDIO_2026,
            "gpt-audio gpt-audio-mini gpt-audio-mini-2025-12-15",
        ),
        _rows(
            "2027-01-20",
            "gpt-4o-mini-transcribe-2025-12-15",
            _AUDIO_2026,
            "gpt-4o-mini-transcribe-2025-03-20",
        ),
        _rows(
            "2027-02-26",
            "gpt-transcribe gpt-live-transcribe",
            _TRANSCRIBE,
            "whisper-1 gpt-4o-transcribe gpt-4o-mini-transcribe gpt-4o-mini-transcribe-2025-12-15 "
            "gpt-4o-transcribe-diarize",
            "no subtitles, word times or speakers: check what you read of the result",
        ),
        _rows("2027-02-01", "", _CYBER, "gpt-5.5-cyber-preview"),
        _rows(
            "2027-04-01",
            "",
            _GPT51,
            "gpt-5.1 gpt-5.1-2025-11-13 gpt-5.4-nano gpt-5.4-nano-2026-03-17",
        ),
        _rows("2027-04-01", "", _GPT53, "gpt-5.3-codex"),
    )
    for row in rows
}

# Fine-tuned ids are `ft:<base>:<organisation>:<name>:<id>`.  They go with their base, unless a
# notice gave them a date of their own; these are the bases of such notices.
_TUNED: Final = _LEGACY_2026
FINE_TUNED: Final[dict[str, Retirement]] = {
    row.model: row
    for rows in (
        _rows(
            "2026-10-23",
            "gpt-5.4-mini",
            _TUNED,
            # The notice of 2023-11-06 left models tuned from the 0613 snapshots alone.
            "gpt-3.5-turbo gpt-3.5-turbo-0125 gpt-3.5-turbo-0613 gpt-3.5-turbo-1106 babbage-002 "
            "davinci-002",
        ),
        _rows("2026-10-23", "gpt-5.5", _TUNED, "gpt-4 gpt-4-0613"),
        _rows("2026-10-23", "gpt-5.4-nano", _TUNED, "gpt-4.1-nano-2025-04-14"),
        _rows("2026-10-23", "gpt-5.6-terra", _TUNED, "o4-mini-2025-04-16"),
    )
    for row in rows
}


def retirement(model: str) -> Retirement | None:
    """The row of a model id, also of a fine-tuned one; whatever its date."""
    base = base_model(model)
    if base != model:
        return FINE_TUNED.get(base) or RETIREMENTS.get(base)
    return RETIREMENTS.get(model)


def base_model(model: str) -> str:
    """The base of a fine-tuned id; other ids as they are.

    ``ft:gpt-4o-2024-08-06:acme::id``, and before August 2023 ``curie:ft-acme-2022-01-01``.
    """
    if model.startswith("ft:"):
        return model.split(":")[1]
    base, colon, rest = model.partition(":")
    return base if colon and rest.startswith("ft-") else model


def is_shut_down(model: str, on: str) -> bool:
    """Whether the model no longer answers on that ISO date."""
    row = retirement(model)
    return row is not None and row.date <= on


def successor(model: str, on: str) -> str | None:
    """The vendor's successor that still answers on that ISO date, through later retirements.

    ``text-davinci-003`` led to ``gpt-3.5-turbo-instruct``, which led to ``gpt-5.4-mini``.
    """
    seen = {model}
    row = retirement(model)
    while row is not None:
        following = next((name for name in row.successors if not is_shut_down(name, on)), None)
        if following is not None:
            return following
        # All of them are gone: go on from the first.
        if not row.successors or row.successors[0] in seen:
            return None
        seen.add(row.successors[0])
        row = retirement(row.successors[0])
    return None


class Refused(NamedTuple):
    """A parameter that a family answers with a 400."""

    name: str
    allowed: tuple[object, ...] = ()
    """Values that are the default and pass; all others are refused."""
    new: str | None = None
    """The parameter that takes its place."""


class Family(NamedTuple):
    """Models that refuse the same parameters of ``chat.completions.create``."""

    name: str
    pattern: re.Pattern[str]
    refuses: tuple[Refused, ...]
    """Refused whatever else is said."""
    refuses_reasoning: tuple[Refused, ...]
    """Refused only while the model reasons: see ``reasons``."""
    reasons: Literal["always", "default", "asked"]
    """``always``; by ``default``, unless ``reasoning_effort="none"``; or only when ``asked``, by a
    ``reasoning_effort`` other than ``none``."""
    sources: tuple[str, ...]


# The list of the vendor's partner, the same for the whole first generation.
_AZURE_LIST: Final = "https://learn.microsoft.com/azure/ai-services/openai/how-to/reasoning"
_CAP: Final = Refused("max_tokens", new="max_completion_tokens")
_STOP: Final = Refused("stop", allowed=(None,))
_SAMPLING: Final = (
    Refused("temperature", allowed=(1, 1.0, None)),
    Refused("top_p", allowed=(1, 1.0, None)),
    Refused("presence_penalty", allowed=(0, 0.0, None)),
    Refused("frequency_penalty", allowed=(0, 0.0, None)),
    Refused("logprobs", allowed=(False, None)),
    Refused("top_logprobs", allowed=(None,)),
    Refused("logit_bias", allowed=(None,)),
)
# The date suffix of a snapshot.
_DATED: Final = r"(-\d{4}-\d{2}-\d{2})?"

FAMILIES: Final[tuple[Family, ...]] = (
    Family(
        "o1-preview, o1-mini",
        re.compile(rf"o1-(preview|mini){_DATED}"),
        (_CAP, _STOP, *_SAMPLING),
        (),
        "always",
        (_AZURE_LIST, "https://github.com/langchain-ai/langchain/issues/26433"),
    ),
    # `stop` is not in the list of refusals of o1 and o3-mini, and no report of one was found.
    Family(
        "o1, o3-mini",
        re.compile(rf"(o1|o1-pro|o3-mini){_DATED}"),
        (_CAP, *_SAMPLING),
        (),
        "always",
        (_AZURE_LIST, "https://github.com/simonw/llm/issues/731"),
    ),
    # The SDK says it of `stop`: "Not supported with latest reasoning models `o3` and `o4-mini`".
    Family(
        "o3, o4-mini",
        re.compile(rf"(o3|o3-pro|o4-mini){_DATED}"),
        (_CAP, _STOP, *_SAMPLING),
        (),
        "always",
        (_AZURE_LIST, "https://github.com/griptape-ai/griptape/issues/1915"),
    ),
    Family(
        "gpt-5",
        re.compile(rf"gpt-5(-mini|-nano|-pro)?{_DATED}"),
        (_CAP, _STOP, *_SAMPLING),
        (),
        "always",
        (
            "https://zenn.dev/headwaters/articles/a5468c45ec2e52",
            "https://github.com/huggingface/smolagents/issues/1671",
            "https://qiita.com/nogataka/items/4913cb7dbc44842ec110",
        ),
    ),
    # From 5.1 on reasoning can be off, and then temperature, top_p and logprobs are taken.
    Family(
        "gpt-5.1",
        re.compile(rf"gpt-5\.1{_DATED}"),
        (_CAP,),
        tuple(row for row in _SAMPLING if row.name in ("temperature", "top_p", "logprobs")),
        "asked",
        (
            "https://github.com/fish2018/YPrompt/issues/26",
            "https://github.com/vercel/ai/issues/10932",
        ),
    ),
    Family(
        "gpt-5.6",
        re.compile(rf"gpt-5\.6(-sol|-terra|-luna)?{_DATED}"),
        (_CAP,),
        tuple(row for row in _SAMPLING if row.name in ("temperature", "top_p")),
        "default",
        (
            "https://github.com/TraceApps/nutritrace/pull/115",
            "https://github.com/khoj-ai/khoj/issues/1377",
            "https://github.com/mnfst/modelparams.dev/pull/207",
            "https://github.com/anomalyco/models.dev/issues/6639",
        ),
    ),
    Family(
        "gpt-6-astra",
        re.compile(rf"gpt-6-astra{_DATED}"),
        (_CAP,),
        (),
        "default",
        ("https://github.com/ChatGPTBox-dev/chatGPTBox/pull/1062",),
    ),
)


@cache
def family(model: str) -> Family | None:
    """The family of a model id, also of a fine-tuned one; None when nothing is known of it."""
    base = base_model(model)
    return next((found for found in FAMILIES if found.pattern.fullmatch(base)), None)


UNKNOWN_EFFORT: Final = object()
"""For ``refused``: an effort is given, but its value cannot be read."""


def refused(model: str, effort: object = None) -> dict[str, Refused]:
    """The parameters that ``chat.completions.create`` refuses for this model, by name.

    ``effort`` is the value of ``reasoning_effort``: None when it is not given, UNKNOWN_EFFORT when
    it cannot be read; then only what is refused in any case is told.
    """
    found = family(model)
    if found is None:
        return {}
    rows = found.refuses
    reasoning = effort not in ("none", UNKNOWN_EFFORT)
    if reasoning and (effort is not None or found.reasons != "asked"):
        rows += found.refuses_reasoning
    return {row.name: row for row in rows}
