"""Each turn makes a client and a connection of its own; one client needs one."""

from tests.proof.claims import connects
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
from openai import OpenAI

for _ in range(3):
    client = OpenAI()
    client.models.list()
""",
    fails=connects(3),
    mended=connects(1),
)
