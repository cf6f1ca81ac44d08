"""A laboratory for programs that use the OpenAI SDK: nothing in it leaves loopback.

`Lab.run` takes a program text and an SDK era and returns a `Run`.  The program says
`https://api.openai.com`, `PROXY_URL` or `LOCAL_URL` and reaches servers of the lab.
"""

from tests.proof.lab.answers import Scenario
from tests.proof.lab.api import ApiRequest
from tests.proof.lab.authority import Tls
from tests.proof.lab.lab import KEY, Lab
from tests.proof.lab.proxy import ProxyRequest
from tests.proof.lab.run import LabError, Raised, Run, Sockets, Timeouts, Warned
from tests.proof.network import API_URL, LOCAL_URL, PROXY_URL, Service

__all__ = [
    "API_URL",
    "KEY",
    "LOCAL_URL",
    "PROXY_URL",
    "ApiRequest",
    "Lab",
    "LabError",
    "ProxyRequest",
    "Raised",
    "Run",
    "Scenario",
    "Service",
    "Sockets",
    "Timeouts",
    "Tls",
    "Warned",
]
