"""The module is gone: `ModuleNotFoundError` at import."""

from tests.proof.claims import raises
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
from openai.embeddings_utils import cosine_similarity

print(cosine_similarity([1.0], [1.0]))
""",
    fails=raises("ModuleNotFoundError", text="openai.embeddings_utils"),
    mended=None,
)
