"""A response is an object: `TypeError`, after the request was paid for."""

from tests.proof.claims import prints, raises, sends
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
from openai import OpenAI

client = OpenAI()
messages = [{"role": "user", "content": "Hi"}]
answer = client.chat.completions.create(model="gpt-4o-mini", messages=messages)
print(answer["choices"][0]["message"]["content"])
""",
    fails=raises("TypeError", text="not subscriptable") & sends(1),
    mended=prints("Hello there!"),
)
