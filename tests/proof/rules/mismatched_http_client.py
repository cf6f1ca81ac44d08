"""A client of the wrong kind, or something that is no client, is refused before the first
request.
"""

from tests.proof.claims import proxied, raises
from tests.proof.proof import Proof

ASYNC = """
import asyncio
import {library}
from openai import AsyncOpenAI

async def main():
    async with AsyncOpenAI(http_client={library}.Client(proxy="http://127.0.0.1:7890")) as client:
        await client.models.list()

asyncio.run(main())
"""

PROOFS = (
    Proof(
        bad=ASYNC.format(library="httpx"),
        fails=raises("TypeError", text="Invalid `http_client`"),
        mended=proxied,
        holds=">=1,<3",
    ),
    Proof(
        bad=ASYNC.format(library="httpx2"),
        fails=raises("TypeError", text="Invalid `http_client`"),
        mended=proxied,
        holds=">=3",
    ),
    Proof(
        bad="""
from openai import OpenAI

OpenAI(http_client="http://127.0.0.1:7890").models.list()
""",
        fails=raises("AttributeError", text="timeout"),
        mended=proxied,
        also=True,
    ),
)
