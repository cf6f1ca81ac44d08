"""The SDK's classes that stand for the exceptions of HTTP libraries."""

from __future__ import annotations

_TIMEOUTS = frozenset({
    "Timeout", "ConnectTimeout", "ReadTimeout", "WriteTimeout", "PoolTimeout", "TimeoutException",
    "TimeoutError", "timeout", "ServerTimeoutError", "SocketTimeoutError", "ConnectionTimeoutError",
})  # fmt: skip
_CONNECTIONS = frozenset({
    "ConnectionError", "ProxyError", "SSLError", "ConnectError", "ReadError", "WriteError",
    "NetworkError", "TransportError", "RequestError", "RemoteProtocolError", "ProtocolError",
    "ChunkedEncodingError", "CloseError", "ClientConnectionError", "ClientConnectorError",
    "ClientOSError", "ServerDisconnectedError", "ServerConnectionError",
})  # fmt: skip
_STATUSES = frozenset(
    {"HTTPStatusError", "requests.HTTPError", "urllib.HTTPError", "ClientResponseError"}
)


def sdk_class(name: str) -> str:
    """Return the SDK's class for an exception's full name: ``httpx.ReadTimeout``."""
    library, _, last = name.partition(".")
    last = last.rpartition(".")[2]
    if last in _TIMEOUTS:
        return "APITimeoutError"
    if last in _CONNECTIONS:
        return "APIConnectionError"
    if last in _STATUSES or f"{library}.{last}" in _STATUSES:
        return "APIStatusError"
    return "APIError"
