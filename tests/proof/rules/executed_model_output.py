"""What the model says is run."""

from tests.proof.claims import prints
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
from openai import OpenAI

client = OpenAI()
messages = [{"role": "user", "content": "Hi"}]
answer = client.chat.completions.create(model="gpt-4o-mini", messages=messages)
exec(answer.choices[0].message.content)
""",
    fails=prints("the model was here"),
    mended=None,
    scene={"content": "print('the model', 'was here')"},
)
