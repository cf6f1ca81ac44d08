"""The call is gone: `APIRemovedInV1`."""

from tests.proof.claims import authorised_by, connects, prints, raises, sends
from tests.proof.proof import OTHER_KEY, Proof

PROOFS = (
    Proof(
        bad="""
import openai

messages = [{"role": "user", "content": "Hi"}]
answer = openai.ChatCompletion.create(model="gpt-4o-mini", messages=messages)
print(answer["choices"][0]["message"]["content"])
""",
        fails=raises("openai.lib._old_api.APIRemovedInV1"),
        mended=prints("Hello there!"),
    ),
    Proof(
        bad="""
import asyncio
import openai

async def main():
    messages = [{"role": "user", "content": "Hi"}]
    answer = await openai.ChatCompletion.acreate(model="gpt-4o-mini", messages=messages)
    print(answer.choices[0].message.content)

asyncio.run(main())
""",
        fails=raises("openai.lib._old_api.APIRemovedInV1"),
        also=True,
        mended=prints("Hello there!"),
    ),
    Proof(
        bad="""
import openai

KEY = "<key>"


def ask(prompt):
    messages = [{"role": "user", "content": prompt}]
    return openai.ChatCompletion.create(model="gpt-4o-mini", messages=messages, api_key=KEY)


for prompt in ("Hi", "Hello"):
    ask(prompt)
""",
        fails=raises("openai.lib._old_api.APIRemovedInV1"),
        also=True,
        mended=sends(2) & connects(1) & authorised_by(f"Bearer {OTHER_KEY}"),
    ),
)
