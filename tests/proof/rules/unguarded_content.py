"""A reply that calls a tool has no content: `None` is used as a text."""

from tests.proof.claims import raises
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
from openai import OpenAI

client = OpenAI()
messages = [{"role": "user", "content": "Hi"}]
answer = client.chat.completions.create(model="gpt-4o-mini", messages=messages)
print(answer.choices[0].message.content.strip())
""",
    fails=raises("AttributeError", text="'NoneType'"),
    mended=None,
    scene={"content": None},
)
