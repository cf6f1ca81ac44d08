"""The coroutine never runs: nothing leaves, and its attributes are not there."""

from tests.proof.claims import raises, unsent, warns
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
import asyncio
from openai import AsyncOpenAI

async def main():
    client = AsyncOpenAI()
    model = client.models.retrieve("gpt-4o-mini")
    print(model.id)

asyncio.run(main())
""",
        fails=raises("AttributeError", text="'coroutine'") & unsent,
    ),
    Proof(
        bad="""
import asyncio
from openai import AsyncOpenAI

async def main():
    client = AsyncOpenAI()
    client.models.delete("ft:gpt-4o-mini")

asyncio.run(main())
""",
        fails=warns("RuntimeWarning", "never awaited") & unsent,
        also=True,
    ),
)
