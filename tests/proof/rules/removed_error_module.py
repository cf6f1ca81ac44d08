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
    Proof(
        bad="""
import openai

try:
    raise openai.error.RateLimitError("slow down")
except openai.OpenAIError as error:
    print("caught", error)
""",
        fails=raises("AttributeError", text="'error'"),
        mended=prints("caught slow down"),
        declared=True,
    ),
    Proof(
        bad="""
import openai

built = [
    openai.error.APIError("odd"),
    openai.error.APIConnectionError("no way"),
    openai.error.Timeout("slow"),
    openai.error.InvalidRequestError("no", "model"),
    openai.error.ServiceUnavailableError("later"),
]
print([type(error).__name__ for error in built], getattr(built[3], "param", ""))
""",
        fails=raises("AttributeError", text="'error'"),
        mended=prints("'BadRequestError', 'InternalServerError'] model"),
        declared=True,
    ),
)
