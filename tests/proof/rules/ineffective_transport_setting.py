"""With a transport of its own the client does not see the proxy variable: requests bypass the
proxy.
"""

from tests.proof.claims import proxied, unproxied
from tests.proof.proof import Proof

BAD = """
import os
import {library}
from openai import DefaultHttpxClient, OpenAI

os.environ["HTTPS_PROXY"] = "http://127.0.0.1:7890"
transport = {library}.HTTPTransport(retries=2)
OpenAI(http_client=DefaultHttpxClient(transport=transport)).models.list()
"""

PROOFS = (
    Proof(bad=BAD.format(library="httpx"), fails=unproxied, mended=proxied, holds=">=1,<3"),
    Proof(bad=BAD.format(library="httpx2"), fails=unproxied, mended=proxied, holds=">=3"),
)
