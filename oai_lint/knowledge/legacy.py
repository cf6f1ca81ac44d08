"""The 0.x module API, and what each piece of it is from 1.0 on.

Signatures are those of 0.28.1 (the last 0.x release); the calls in ``new`` exist in every checked
release from 1.0.0 on, but for ``files.content``, which is as old as 1.2.1.  From 1.2 the class
names are back as placeholders that raise only when called; in 1.0 and 1.1 they are plain
``AttributeError``.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from oai_lint.knowledge.eras import V1, V, Version

# Names of `openai` 0.28.1 that from 1.2 on are placeholders (`openai.lib._old_api.SYMBOLS`).
CLASSES: Final = frozenset(
    {
        "Audio",
        "ChatCompletion",
        "Completion",
        "Customer",
        "Deployment",
        "Edit",
        "Embedding",
        "Engine",
        "ErrorObject",
        "File",
        "FineTune",
        "FineTuningJob",
        "Image",
        "Model",
        "Moderation",
    }
)

# Modules of 0.28.1 that define the classes; each name is also reached by this longer way.
CLASS_MODULES: Final[dict[str, str]] = {
    "openai.api_resources.audio": "Audio",
    "openai.api_resources.chat_completion": "ChatCompletion",
    "openai.api_resources.completion": "Completion",
    "openai.api_resources.customer": "Customer",
    "openai.api_resources.deployment": "Deployment",
    "openai.api_resources.edit": "Edit",
    "openai.api_resources.embedding": "Embedding",
    "openai.api_resources.engine": "Engine",
    "openai.api_resources.error_object": "ErrorObject",
    "openai.api_resources.file": "File",
    "openai.api_resources.fine_tune": "FineTune",
    "openai.api_resources.fine_tuning": "FineTuningJob",
    "openai.api_resources.image": "Image",
    "openai.api_resources.model": "Model",
    "openai.api_resources.moderation": "Moderation",
}


Result = Literal["object", "list", "bytes", "events"]


class LegacyCall(NamedTuple):
    """A class method of 0.28.1 and the call that does the same from 1.0 on."""

    name: str
    """``ChatCompletion.create``: class and method."""
    new: str | None
    """Path on the client, ``chat.completions.create``; None when the endpoint is gone."""
    is_async: bool
    """True for the ``a*`` twin: the new call is the same path on ``AsyncOpenAI``."""
    positional: tuple[str | None, ...]
    """The new keyword for each old positional parameter, in order; None for parameters that
    moved to the client.  The new methods take keywords only, except those in ``by_position``."""
    rename: dict[str, str]
    """Old keyword -> new keyword, beyond those that keep their name."""
    by_position: bool = False
    """Whether the new method takes its first argument by position too."""
    result: Result = "object"
    """What comes back: an object, a page (``.data``), ``bytes``, or an iterator of events."""
    suffix: str = ""
    """What must follow the new call to give the old value."""
    instead: str = ""
    """For people, when ``new`` is None: where the work is done today."""

    @property
    def attributes(self) -> bool:
        """Whether ``result["x"]`` and ``result.get("x")`` become ``result.x``."""
        return self.new is not None and self.result in ("object", "list")


# Keywords every call of the engine classes took (ChatCompletion, Completion, Embedding, Edit).
ENGINE_RENAMES: Final = {
    "engine": "model",
    "deployment_id": "model",
    "request_timeout": "timeout",
    "headers": "extra_headers",
}

# Per-call settings of 0.x that no method takes any more -> keyword of the client's constructor and
# of `with_options()`.  `api_type` chooses the class (`AzureOpenAI`) and has no keyword; only Azure
# clients take `api_version`.
CLIENT_ARGUMENTS: Final[dict[str, str | None]] = {
    "api_key": "api_key",
    "api_base": "base_url",
    "organization": "organization",
    "api_version": "api_version",
    "api_type": None,
}

# The same keywords, for the classes that were Azure deployments: what `AzureOpenAI` calls them.
AZURE_CLIENT_ARGUMENTS: Final[dict[str, str]] = {
    "api_key": "api_key",
    "api_base": "azure_endpoint",
    "api_version": "api_version",
    "organization": "organization",
}

# `openai.api_type` values that meant Azure (0.28.1, `openai.util.ApiType.from_str`).
AZURE_API_TYPES: Final = frozenset({"azure", "azure_ad", "azuread"})

# `timeout=` did not limit a request in 0.x (it bounded only the "try again" loop): kept as it is,
# it starts to bite from 1.0 on.  `request_timeout=` was the limit.
TIMEOUT_WAS_NO_LIMIT: Final = frozenset(
    f"{cls}.{method}"
    for cls in ("ChatCompletion", "Completion", "Embedding", "Edit")
    for method in ("create", "acreate")
)

# api_key, api_base, api_type, api_version, organization; with request_id where a class is created.
_CREDENTIALS: Final = (None,) * 5
_CREATE: Final = (None,) * 6
_TRANSCRIBE: Final = ("model", "file", *_CREDENTIALS)
# `filename` has no keyword of its own any more: the file becomes the pair (filename, file).
_RAW: Final = ("model", "file", "filename", *_CREDENTIALS)
_AUDIO_RENAMES: Final = {"deployment_id": "model"}

# Parameters that fold into another one as the pair (this one, that one).
FOLDED: Final[dict[str, str]] = {"filename": "file", "user_provided_filename": "file"}

_FILE_RENAMES: Final = {"id": "file_id"}
_JOB_RENAMES: Final = {"id": "fine_tuning_job_id"}


def _pair(
    cls: str,
    method: str,
    new: str | None,
    positional: tuple[str | None, ...] = (),
    rename: dict[str, str] | None = None,
    *,
    by_position: bool = False,
    result: Result = "object",
    suffix: str = "",
    instead: str = "",
) -> tuple[LegacyCall, LegacyCall]:
    """A method and its ``a*`` twin, which 0.28.1 has for each of these."""
    sync, twin = (
        LegacyCall(
            f"{cls}.{prefix}{method}",
            new,
            prefix == "a",
            positional,
            rename or {},
            by_position,
            result,
            suffix,
            instead,
        )
        for prefix in ("", "a")
    )
    return sync, twin


_FINE_TUNES: Final = "fine_tuning.jobs, with a model that can still be tuned"
_ENGINES: Final = "models.list() and models.retrieve()"
_DEPLOYMENTS: Final = "the management API of Azure"

CALLS: Final[dict[str, LegacyCall]] = {
    call.name: call
    for call in (
        *_pair("ChatCompletion", "create", "chat.completions.create", _CREATE, ENGINE_RENAMES),
        *_pair("Completion", "create", "completions.create", _CREATE, ENGINE_RENAMES),
        *_pair("Embedding", "create", "embeddings.create", _CREATE, ENGINE_RENAMES),
        *_pair("Image", "create", "images.generate", _CREDENTIALS),
        *_pair("Image", "create_edit", "images.edit", ("image", "mask", *_CREDENTIALS)),
        *_pair("Image", "create_variation", "images.create_variation", ("image", *_CREDENTIALS)),
        *_pair("Audio", "transcribe", "audio.transcriptions.create", _TRANSCRIBE, _AUDIO_RENAMES),
        *_pair("Audio", "translate", "audio.translations.create", _TRANSCRIBE, _AUDIO_RENAMES),
        *_pair("Audio", "transcribe_raw", "audio.transcriptions.create", _RAW, _AUDIO_RENAMES),
        *_pair("Audio", "translate_raw", "audio.translations.create", _RAW, _AUDIO_RENAMES),
        *_pair("Moderation", "create", "moderations.create", ("input", "model", None)),
        *_pair("Model", "list", "models.list", result="list"),
        *_pair(
            "Model", "retrieve", "models.retrieve", ("model",), {"id": "model"}, by_position=True
        ),
        *_pair("Model", "delete", "models.delete", ("model",), {"sid": "model"}, by_position=True),
        *_pair("File", "create", "files.create", ("file", "purpose")),
        *_pair("File", "list", "files.list", result="list"),
        *_pair("File", "retrieve", "files.retrieve", ("file_id",), _FILE_RENAMES, by_position=True),
        *_pair(
            "File", "delete", "files.delete", ("file_id",), {"sid": "file_id"}, by_position=True
        ),
        *_pair(
            "File",
            "download",
            "files.content",
            ("file_id",),
            _FILE_RENAMES,
            by_position=True,
            result="bytes",
            suffix=".content",
        ),
        *_pair(
            "File", "find_matching_files", None, instead="files.list() and a look at the results"
        ),
        *_pair("FineTuningJob", "create", "fine_tuning.jobs.create", _CREATE),
        *_pair(
            "FineTuningJob",
            "list",
            "fine_tuning.jobs.list",
            ("limit", "after"),
            {"starting_after": "after"},
            result="list",
        ),
        *_pair(
            "FineTuningJob",
            "retrieve",
            "fine_tuning.jobs.retrieve",
            ("fine_tuning_job_id",),
            _JOB_RENAMES,
            by_position=True,
        ),
        *_pair(
            "FineTuningJob",
            "cancel",
            "fine_tuning.jobs.cancel",
            ("fine_tuning_job_id",),
            _JOB_RENAMES,
            by_position=True,
        ),
        LegacyCall(
            "FineTuningJob.list_events",
            "fine_tuning.jobs.list_events",
            False,
            ("fine_tuning_job_id", "limit", "after"),
            _JOB_RENAMES,
            True,
            "list",
        ),
        *_pair("FineTuningJob", "delete", None, instead="nothing; jobs cannot be deleted"),
        LegacyCall(
            "File.wait_for_processing",
            "files.wait_for_processing",
            False,
            ("id", "max_wait_seconds"),
            {},
            True,
        ),
        # Endpoints that were shut down.
        *_pair("Edit", "create", None, instead="chat.completions.create"),
        *_pair("Engine", "list", None, instead=_ENGINES),
        *_pair("Engine", "retrieve", None, instead=_ENGINES),
        *_pair("Engine", "modify", None, instead=_ENGINES),
        *_pair("FineTune", "create", None, instead=_FINE_TUNES),
        *_pair("FineTune", "list", None, instead=_FINE_TUNES),
        *_pair("FineTune", "retrieve", None, instead=_FINE_TUNES),
        *_pair("FineTune", "cancel", None, instead=_FINE_TUNES),
        *_pair("FineTune", "delete", None, instead="models.delete"),
        *_pair("FineTune", "stream_events", None, result="events", instead=_FINE_TUNES),
        LegacyCall("FineTune.list_events", None, False, (), {}, instead=_FINE_TUNES),
        *_pair("Customer", "create", None, instead="nothing"),
        *_pair("Deployment", "create", None, instead=_DEPLOYMENTS),
        *_pair("Deployment", "list", None, instead=_DEPLOYMENTS),
        *_pair("Deployment", "retrieve", None, instead=_DEPLOYMENTS),
        *_pair("Deployment", "delete", None, instead=_DEPLOYMENTS),
    )
}


def call_of(dotted: str) -> LegacyCall | None:
    """The 0.x call behind a dotted name, by the short or by the long way."""
    parent, _, method = dotted.rpartition(".")
    module, _, cls = parent.rpartition(".")
    if module in ("openai", "openai.api_resources") or CLASS_MODULES.get(module) == cls:
        return CALLS.get(f"{cls}.{method}")
    return None


def class_of(dotted: str) -> str | None:
    """The 0.x class behind a dotted name (``openai.Image``), or ``None``."""
    module, _, cls = dotted.rpartition(".")
    if cls in CLASSES and (
        module in ("openai", "openai.api_resources") or CLASS_MODULES.get(module) == cls
    ):
        return cls
    return None


# No client of >= 1.0 has these; the async client has the plain names.
ASYNC_METHODS: Final[dict[str, str]] = {
    "acreate": "create",
    "aretrieve": "retrieve",
    "alist": "list",
    "adelete": "delete",
    "acancel": "cancel",
    "adownload": "content",
    "agenerate": "generate",
    "acreate_edit": "edit",
    "acreate_variation": "create_variation",
    "atranscribe": "create",
    "atranslate": "create",
}


class Setting(NamedTuple):
    """An attribute of the module ``openai`` that code assigns."""

    name: str
    legacy: bool
    """Whether it had an effect in 0.28.1."""
    since: Version | None
    """The first release of >= 1.0 whose module-level calls obey it.  None: assigning it is
    silent, with no effect at all.  Clients built explicitly never read any of them."""
    keyword: str | None
    """The keyword of the constructor that takes its place; None when there is none."""
    note: str = ""

    @property
    def is_silent(self) -> bool:
        """Whether assigning it from 1.0 on does nothing, without a word."""
        return self.since is None


SETTINGS: Final[dict[str, Setting]] = {
    setting.name: setting
    for setting in (
        # Alive: used by `openai.chat...` and re-read at each call.
        Setting("api_key", True, V1, "api_key"),
        Setting("organization", True, V1, "organization"),
        Setting("api_type", True, V1, None, "`azure` selects the Azure client"),
        Setting("api_version", True, V1, "api_version", "Azure only"),
        Setting("base_url", False, V1, "base_url", "must end in a slash here, not in a client"),
        Setting("timeout", False, V1, "timeout"),
        Setting("max_retries", False, V1, "max_retries"),
        Setting("default_headers", False, V1, "default_headers"),
        Setting("default_query", False, V1, "default_query"),
        Setting("http_client", False, V1, "http_client"),
        Setting("azure_endpoint", False, V1, "azure_endpoint"),
        Setting("azure_ad_token", False, V1, "azure_ad_token"),
        Setting("azure_ad_token_provider", False, V1, "azure_ad_token_provider"),
        Setting("project", False, V(1, 20), "project"),
        Setting("webhook_secret", False, V(1, 92), "webhook_secret"),
        Setting("admin_api_key", False, V(2, 34), "admin_api_key"),
        Setting("bedrock_token_provider", False, V(2, 40), "bedrock_token_provider"),
        # Gone: transport.
        Setting("proxy", True, None, "http_client", "DefaultHttpxClient(proxy=...)"),
        Setting("requestssession", True, None, "http_client", "a client of the HTTP library"),
        Setting("aiosession", True, None, "http_client", "a client of the HTTP library"),
        Setting("proxies", False, None, "http_client", "never existed; `proxy` was the name"),
        Setting("verify_ssl_certs", False, None, "http_client", "ignored with a warning in 0.28"),
        Setting("ca_bundle_path", False, None, "http_client", "ignored already in 0.28"),
        # Gone: the rest.
        Setting("api_base", True, None, "base_url", "traffic goes to the default host instead"),
        Setting("api_key_path", True, None, "api_key", "read and strip the file"),
        Setting("app_info", True, None, "default_headers"),
        Setting("debug", True, None, None, "OPENAI_LOG=debug"),
        Setting("log", True, None, None, "OPENAI_LOG=debug"),
        Setting("enable_telemetry", False, None, None, "ignored already in 0.28"),
        # Never existed: typed by mistake.
        Setting("engine", False, None, None, "`model=` of the call"),
        Setting("apikey", False, None, "api_key", "a typo"),
        Setting("api_secret_key", False, None, "api_key", "a typo"),
    )
}

TRANSPORT_SETTINGS: Final = frozenset(
    {"proxy", "proxies", "requestssession", "aiosession", "verify_ssl_certs", "ca_bundle_path"}
)

# Silent settings that 0.28.1 defined: from 1.0 on reading one is an AttributeError.
UNREADABLE_SETTINGS: Final = frozenset(
    {
        "api_base",
        "api_key_path",
        "app_info",
        "aiosession",
        "ca_bundle_path",
        "debug",
        "enable_telemetry",
        "log",
        "proxy",
        "requestssession",
        "verify_ssl_certs",
    }
)

# 0.x joined `api_base` and the path with a slash: it must not end in one.  From 1.0 on the module
# attribute `base_url` is used as it is and must end in one, while clients add it themselves.
DEFAULT_API_BASE: Final = "https://api.openai.com/v1"


# Modules of 0.28.1 that no release from 1.0 on has -> where the work is done today.
REMOVED_MODULES: Final[dict[str, str]] = {
    "openai.error": "the exceptions are names of `openai` itself",
    "openai.api_resources": "the calls are methods of a client",
    "openai.api_requestor": "the calls are methods of a client; `client.post()` sends raw requests",
    "openai.openai_object": "results are pydantic models with attributes",
    "openai.openai_response": "`client.with_raw_response` gives headers and status",
    "openai.object_classes": "results are pydantic models with attributes",
    "openai.util": "nothing; it was internal",
    "openai.datalib": "numpy and pandas themselves",
    "openai.embeddings_utils": "`client.embeddings.create()` and numpy",
    "openai.upload_progress": "nothing; it was internal",
    "openai.validators": "nothing; it was part of the command line",
    "openai.wandb_logger": "the integration of Weights & Biases",
}
