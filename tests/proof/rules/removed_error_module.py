"""The module is gone: `ModuleNotFoundError` at import, `AttributeError` when an error arrives."""

from tests.proof.claims import prints, raises
from tests.proof.proof import Proof

SCENE = {"scenario": "429-no-retry"}

PROOFS = (
    Proof(
        bad="""
import openai
from openai.error import RateLimitError

try:
    openai.models.list()
except RateLimitError:
    print("busy")
""",
        fails=raises("ModuleNotFoundError", text="openai.error"),
        mended=prints("busy"),
        scene=SCENE,
    ),
    Proof(
        bad="""
import openai

try:
    openai.models.list()
except openai.error.APIError:
    print("failed")
except openai.error.RateLimitError:
    print("busy")
""",
        fails=raises("AttributeError", text="'error'"),
        also=True,
        mended=prints("busy"),
        scene=SCENE,
    ),
)
