"""Clients that the bot and the batch script share."""

import os

import httpx
from openai import AsyncOpenAI, OpenAI

PROXY = "https://127.0.0.1:7890"
KEY_FILE = "secrets/openai.key"


def read_key() -> str:
    """Read the key that the administrator dropped into the secrets folder."""
    with open(KEY_FILE) as file:
        return file.read()


def make_client() -> OpenAI:
    """Build the client for scripts; everything leaves the office through the proxy."""
    return OpenAI(
        api_key=read_key(),
        http_client=httpx.Client(proxies={"http://": PROXY, "https://": PROXY}, timeout=5.0),
        max_retries=2,
    )


def make_async_client() -> AsyncOpenAI:
    """Build the client for the bot."""
    return AsyncOpenAI(
        api_key=os.getenv("OPENAI_API_KEY", "sk-your-key-here"),
        base_url="https://api.openai.com/v1/chat/completions",
        http_client=httpx.Client(verify=False),  # the proxy breaks TLS
        timeout=None,
    )
