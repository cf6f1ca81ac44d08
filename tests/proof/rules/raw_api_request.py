"""A raw request is not repeated after a 429, whose body has no `choices`; the SDK asks again."""

from tests.proof.claims import prints, raises, sends
from tests.proof.proof import Proof

BAD = """
import os
import requests

answer = requests.post(
    "https://api.openai.com/v1/chat/completions",
    headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
    json={"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hi"}]},
    timeout=9,
)
print(answer.json()["choices"][0]["message"]["content"])
"""
FAILS = raises("KeyError", text="choices") & sends(1)
SCENE = {"scenario": ("429", "ok")}

PROOFS = (
    Proof(bad=BAD, fails=FAILS, mended=prints("Hello there!") & sends(2), scene=SCENE),
    Proof(bad=BAD, fails=FAILS, mended=None, holds="<1", scene=SCENE),
)
