"""A mount without `://` is `ValueError`; a requests mapping with it is not used at all."""

from tests.proof.claims import proxied, raises, unproxied
from tests.proof.proof import Proof

MOUNTS = """
import {library}
from openai import OpenAI

transport = {library}.HTTPTransport(proxy="http://127.0.0.1:7890")
OpenAI(http_client={library}.Client(mounts={{"https": transport}})).models.list()
"""

PROOFS = (
    Proof(
        bad=MOUNTS.format(library="httpx"),
        fails=raises("ValueError", text="proper URL forms"),
        mended=proxied,
        holds=">=1,<3",
    ),
    Proof(
        bad=MOUNTS.format(library="httpx2"),
        fails=raises("ValueError", text="proper URL forms"),
        mended=proxied,
        holds=">=3",
    ),
    Proof(
        bad="""
import os
import requests

proxies = {"http://": "http://127.0.0.1:7890", "https://": "http://127.0.0.1:7890"}
headers = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
requests.get("https://api.openai.com/v1/models", headers=headers, proxies=proxies, timeout=9)
""",
        fails=unproxied,
        mended=proxied,
        holds=">=0",
    ),
)
