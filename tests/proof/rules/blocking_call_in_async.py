"""The event loop stands still until the answer is there."""

from tests.proof.claims import flows, stalls
from tests.proof.proof import Proof

SCENE = {"scenario": "slow", "delay": 2.0}

PROOFS = (
    Proof(
        bad="""
import asyncio
from openai import OpenAI

client = OpenAI()

async def main():
    client.models.retrieve("gpt-4o-mini")

asyncio.run(main())
""",
        fails=stalls(1.9),
        mended=flows(1.9),
        scene=SCENE,
    ),
    Proof(
        bad="""
import asyncio
import os
import openai

async def main():
    openai.api_key = os.environ["OPENAI_API_KEY"]
    openai.Completion.create(model="gpt-3.5-turbo-instruct", prompt="Hi")

asyncio.run(main())
""",
        fails=stalls(1.9),
        mended=None,
        holds="<1",
        scene=SCENE,
    ),
)
