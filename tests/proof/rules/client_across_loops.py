"""The second loop finds a connection of the first: `Event loop is closed`."""

from tests.proof.claims import connects, raises, sends
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
import asyncio
from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=0)

async def ask():
    await client.models.retrieve("gpt-4o-mini")

asyncio.run(ask())
asyncio.run(ask())
""",
    fails={
        ">=3.15": raises("RuntimeError", text="Event loop is closed"),
        ">=1": raises("openai.APIConnectionError", cause="RuntimeError"),
    },
    mended=sends(2) & connects(1),
    picked=True,
)
