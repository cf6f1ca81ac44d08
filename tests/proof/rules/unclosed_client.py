"""The dropped client leaves its connection to the collector, with a `ResourceWarning`."""

from tests.proof.claims import answers, closes_all, leaves_open, warns
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
from openai import DefaultHttpxClient, OpenAI

def models():
    http_client = DefaultHttpxClient(proxy="http://127.0.0.1:7890")
    client = OpenAI(http_client=http_client)
    return client.models.list()

for name in ("models", "models"):
    globals()[name]()
""",
        fails=answers & leaves_open(2),
        mended=answers & closes_all,
    ),
    Proof(
        bad="""
import asyncio
import os
import aiohttp

async def models():
    session = aiohttp.ClientSession()
    session.headers["Authorization"] = f"Bearer {os.environ['OPENAI_API_KEY']}"
    answer = await session.get("https://api.openai.com/v1/models")
    return await answer.json()

asyncio.run(globals()["models"]())
""",
        fails=warns("ResourceWarning", "Unclosed client session"),
        mended=None,
        holds=">=0",
        also=True,
    ),
)
