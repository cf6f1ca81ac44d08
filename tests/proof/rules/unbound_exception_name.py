"""The handler itself fails when an error arrives: `NameError`."""

from tests.proof.claims import prints, raises
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
from openai import OpenAI

try:
    OpenAI().models.list()
except openai.RateLimitError:
    print("busy")
""",
        fails=raises("NameError", text="'openai'"),
        mended=prints("busy"),
        scene={"scenario": "429-no-retry"},
    ),
    Proof(
        bad="""
from openai import Model

try:
    Model.list()
except openai.error.RateLimitError:
    print("busy")
""",
        fails=raises("NameError", text="'openai'"),
        mended=prints("busy"),
        holds="<1",
        scene={"scenario": "429-no-retry"},
    ),
)
