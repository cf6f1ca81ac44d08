"""What a sync client returns cannot be awaited: `TypeError`, after the request was paid for."""

from tests.proof.claims import raises, sends
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
import asyncio
from openai import OpenAI

async def main():
    client = OpenAI()
    await client.models.retrieve("gpt-4o-mini")

asyncio.run(main())
""",
    fails=raises("TypeError", text="await") & sends(1),
)
