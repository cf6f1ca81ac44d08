"""Environment variables that the SDK does not read."""

import ast
from collections.abc import Iterator

from oai_lint.facts import (
    ApiCall,
    ClientInit,
    EnvironmentRead,
    EnvironmentWrite,
    File,
    RawCall,
)
from oai_lint.knowledge.variables import TLS_REQUESTS, UNREAD, Unread
from oai_lint.patch import Change, Replace, Safety
from oai_lint.rule import Example, Finding, Rule, Severity

# Libraries that read variables of OpenAI's themselves.
_READERS = (
    "langchain", "langchain_openai", "langchain_community", "langchain_core", "langgraph",
    "litellm", "llama_index", "llama_cloud", "embedchain", "autogen", "crewai", "dspy", "dsp",
    "guidance", "haystack", "semantic_kernel", "mem0", "gptcache", "promptflow", "camel", "agno",
    "phi", "smolagents", "pydantic_ai", "chromadb", "ragas", "deepeval", "metagpt", "aider",
    "interpreter", "marvin", "magentic", "gpt_researcher", "lightrag", "graphrag", "evals",
    "agents",
)  # fmt: skip
# Libraries with HTTP of their own, which obey the variables for certificates.
_REQUESTS = (
    "requests", "urllib3", "huggingface_hub", "transformers", "datasets", "tiktoken", "boto3",
    "botocore", "google", "azure", "streamlit", "gradio", "wandb", "nltk", "selenium", "pinecone",
    "qdrant_client", "docker", "telegram", "spotipy", "tweepy", "yfinance",
)  # fmt: skip
# What hands the whole environment on.
_CHILDREN = ("subprocess", "multiprocessing")


class UnreadEnvironmentVariable(Rule[EnvironmentWrite]):
    """The SDK does not read this variable.

    SDK 1.0 renamed `OPENAI_API_BASE` to `OPENAI_BASE_URL` (read from 1.3 on) and
    `OPENAI_ORGANIZATION` to `OPENAI_ORG_ID`; there never was an `OPENAI_KEY`, `OPENAI_PROXY` or
    `OPENAI_TIMEOUT`.  Setting them does nothing, so requests meant for another server go to OpenAI.
    httpx takes its certificates from `SSL_CERT_FILE`; `REQUESTS_CA_BUNDLE` and `CURL_CA_BUNDLE`
    are for requests alone.

    ## Fix safety
    Unsafe: the value takes effect for the first time.

    ## References
    - https://github.com/openai/openai-python/blob/main/src/openai/_client.py
    - https://www.python-httpx.org/environment_variables/
    """

    code = "OAI107"
    message = "The SDK does not read `{variable}`: {then}"
    severity = Severity.WARNING
    safety = Safety.UNSAFE
    fixes = "Set the variable that the SDK reads"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "import os\n\nfrom openai import OpenAI\n\n"
                'os.environ["OPENAI_API_BASE"] = "https://llm.example.com/v1"\n'
                "client = OpenAI()\n"
            ),
            good=(
                "import os\n\nfrom openai import OpenAI\n\n"
                'os.environ["OPENAI_BASE_URL"] = "https://llm.example.com/v1"\n'
                "client = OpenAI()\n"
            ),
        ),
    )

    def check(self, write: EnvironmentWrite, file: File) -> Iterator[Finding]:
        """Report a variable that nothing in the file reads."""
        if write.site.guarded or write.value.literal in ("", None):
            return
        if not _uses_sdk(file) or _has_reader(write, file):
            return
        if write.variable in TLS_REQUESTS:
            if not any(file.imports(module) for module in _REQUESTS) and not file.all(RawCall):
                new = TLS_REQUESTS[write.variable]
                yield self._found(write, new, f"httpx takes certificates from `{new}`", file)
            return
        if write.variable == "OPENAI_API_TYPE":
            if _plain_clients_only(file):
                then = "a client is chosen by its class; build `AzureOpenAI()` for Azure"
                yield self._found(write, None, then, file)
            return
        unread = UNREAD.get(write.variable)
        if unread is None or _is_given(unread, file):
            return
        if unread.new is None:
            then = f"pass `{unread.keyword}=` to the client"
        elif unread.keyword == "http_client":
            then = f"set `{unread.new}`, or give the client an `http_client=`"
        else:
            then = f"it is called `{unread.new}`"
        yield self._found(write, unread.new, then, file)

    def _found(self, write: EnvironmentWrite, new: str | None, then: str, file: File) -> Finding:
        return self.found(write, fix=_renamed(write, new, file), variable=write.variable, then=then)


def _uses_sdk(file: File) -> bool:
    if file.all(ClientInit):
        return True
    calls = file.all(ApiCall)
    return bool(calls) and not any(call.legacy for call in calls)


def _has_reader(write: EnvironmentWrite, file: File) -> bool:
    if any(read.variable == write.variable for read in file.all(EnvironmentRead)):
        return True
    if any(file.imports(module) for module in (*_READERS, *_CHILDREN)):
        return True
    packages = file.target.packages or frozenset()
    return any(reader.replace("_", "-") in packages for reader in _READERS)


def _plain_clients_only(file: File) -> bool:
    clients = file.all(ClientInit)
    on_module = any(call.on_module for call in file.all(ApiCall))
    return bool(clients) and not on_module and not any(init.is_azure for init in clients)


def _is_given(unread: Unread, file: File) -> bool:
    """Say whether the variable is no matter of the clients of this file."""
    clients = file.all(ClientInit)
    if unread.name.startswith("AZURE_"):
        clients = [init for init in clients if init.is_azure]
        if not clients:
            return True
    if unread.keyword is None:
        return False
    return bool(clients) and not any(init.call.lacks(unread.keyword) for init in clients)


def _renamed(write: EnvironmentWrite, new: str | None, file: File) -> tuple[Change, ...]:
    if new is None or any(w.variable == new for w in file.all(EnvironmentWrite)):
        return ()
    if new == "OPENAI_BASE_URL" and file.target.declared and not file.target.starts(1, 3):
        return ()
    code = file.code(write.name_node).strip()
    try:
        tree = ast.parse(code, mode="eval").body
    except SyntaxError:
        return ()
    if not isinstance(tree, ast.Constant):
        return ()
    quote = "'" if code.endswith("'") else '"'
    return (Replace(write.name_node, (f"{quote}{new}{quote}",)),)
