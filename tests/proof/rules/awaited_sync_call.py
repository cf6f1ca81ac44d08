"""What a sync client returns cannot be awaited: `TypeError`, after the request was paid for."""

from tests.proof.claims import raises, sends
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
import asyncio
from openai import OpenAI

async def main():
    client = OpenAI()
    await client.models.retrieve("gpt-4o-mini")

asyncio.run(main())
""",
        fails=raises("TypeError", text="await") & sends(1),
    ),
    Proof(
        bad="""
import asyncio
import openai

async def main():
    await openai.models.retrieve("gpt-4o-mini")

asyncio.run(main())
""",
        fails=raises("TypeError", text="await") & sends(1),
        also=True,
    ),
    Proof(
        bad="""
import asyncio
from openai import OpenAI

client = OpenAI()

async def main():
    await client.models.retrieve("gpt-4o-mini")

asyncio.run(main())
client.models.retrieve("gpt-4o-mini")
""",
        fails=raises("TypeError", text="await") & sends(1),
        mended=sends(2),
        also=True,
    ),
)
