"""The file beside the script is imported in place of the SDK: `ImportError`."""

from tests.proof.claims import raises, unsent
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
from openai import OpenAI

if __name__ == "__main__":
    OpenAI().models.list()
""",
    fails=raises("ImportError", text="cannot import name 'OpenAI' from 'openai'") & unsent,
    mended=None,
    holds=">=0",
    scene={"files": {"openai.py": "print('my notes on OpenAI')\n"}},
)
