"""The pretended network a program under test lives in.

A program says `https://api.openai.com` or `http://127.0.0.1:7890` and must run unmodified, though
the lab listens on ports that differ from run to run.  A `Network` says which port of the lab stands
behind which address.  The child uses it to redirect connections, the proxy to find its upstream.

Only the standard library is used here: the module also runs inside the environments of the eras.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, TypeAlias

Service: TypeAlias = Literal["api", "proxy"]

LOOPBACK = "127.0.0.1"
API_URL = "https://api.openai.com/v1"
LOCAL_URL = "http://localhost:8000/v1"
PROXY_URL = "http://127.0.0.1:7890"

DEFAULT_HOSTS: Mapping[str, Service] = {
    "api.openai.com": "api",
    "*.openai.azure.com": "api",
    "localhost:8000": "api",
    "proxy.*": "proxy",
}
"""Host patterns, with or without a port, and what answers there."""

TLS_PORTS = frozenset({443, 8443})


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address means this machine."""
    if host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Network:
    """Which port of the lab answers for which address.

    Every loopback port that is not named in `hosts` is the proxy: programs in the wild name many
    (7890, 1080, 8888), and none of them may reach a proxy that really runs on this machine.
    """

    api: int
    api_tls: int
    proxy: int | None
    hosts: Mapping[str, Service]

    @property
    def ports(self) -> frozenset[int]:
        """The ports the lab listens on."""
        return frozenset({self.api, self.api_tls} | ({self.proxy} if self.proxy else set()))

    def service(self, host: str, port: int) -> Service | None:
        """Return what answers at an address, or None if nothing does."""
        name = "localhost" if is_loopback(host) else host.lower().rstrip(".")
        for pattern, service in self.hosts.items():
            if fnmatchcase(f"{name}:{port}" if ":" in pattern else name, pattern):
                return service
        return "proxy" if name == "localhost" else None

    def knows(self, host: str) -> bool:
        """Tell whether a host name resolves, on whatever port."""
        name = host.lower().rstrip(".")
        return is_loopback(host) or any(
            fnmatchcase(name, pattern.partition(":")[0]) for pattern in self.hosts
        )

    def port(self, host: str, port: int) -> int | None:
        """Return the port of the lab that stands behind an address, or None if it is closed."""
        if is_loopback(host) and port in self.ports:
            return port
        match self.service(host, port):
            case "api":
                return self.api_tls if port in TLS_PORTS else self.api
            case "proxy":
                return self.proxy
            case None:
                return None
