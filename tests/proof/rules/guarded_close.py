"""The constructor finds no key, and the `finally` hides that behind its own `UnboundLocalError`."""

from tests.proof.claims import raises
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
from openai import OpenAI

def ask():
    try:
        client = OpenAI()
        return client.models.list()
    finally:
        client.close()

ask()
""",
    fails=raises("UnboundLocalError", text="'client'"),
    mended=raises("openai.OpenAIError"),
    scene={"env": {"OPENAI_API_KEY": None}},
)
