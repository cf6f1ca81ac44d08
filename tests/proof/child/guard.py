"""Nothing leaves loopback: name resolution and connections are redirected into the lab.

Two layers.  `socket` is patched so that the addresses of the pretended network lead to the lab.
Below it an audit hook, which a program cannot remove, refuses whatever the patches let through.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from tests.proof.child.report import Report
from tests.proof.network import LOOPBACK, Network, is_loopback

ALIASES = "127.77."
"""Names resolve to addresses of this range, one each, so that a connection knows its name."""

START_EVENTS = frozenset({"subprocess.Popen", "os.exec", "os.posix_spawn"})
FORK_EVENTS = frozenset({"os.fork", "os.forkpty", "os.system"})
HARMLESS = frozenset({"uname", "lsb_release"})
"""Programs that libraries start by themselves to learn about the platform."""

LOOKUP_EVENTS = frozenset(
    {
        "socket.getaddrinfo",
        "socket.gethostbyaddr",
        "socket.gethostbyname",
        "socket.getnameinfo",
    }
)
SEND_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


class Guard:
    """The pretended network, as one process sees it."""

    def __init__(self, network: Network, report: Report, programs: frozenset[str]) -> None:
        self.network = network
        self.report = report
        self.programs = programs | HARMLESS
        self.on_connect: Callable[[socket.socket], None] = lambda connected: None
        self._names: dict[str, str] = {}
        self._bound: weakref.WeakSet[socket.socket] = weakref.WeakSet()

    def install(self) -> None:
        """Patch `socket` and add the audit hook."""
        patched = cast(Any, socket)
        resolve, connect, connect_ex = (
            socket.getaddrinfo,
            socket.socket.connect,
            socket.socket.connect_ex,
        )
        guard = self

        def getaddrinfo(host: Any, port: Any, *args: Any, **options: Any) -> Any:
            return resolve(guard.resolve(host), port, *args, **options)

        def guarded_connect(self: socket.socket, address: Any, /) -> None:
            target = guard.redirect(self, address)
            try:
                connect(self, target)
            finally:
                guard.on_connect(self)

        def guarded_connect_ex(self: socket.socket, address: Any, /) -> int:
            try:
                target = guard.redirect(self, address)
            except OSError as error:
                return error.errno or errno.ECONNREFUSED
            result = connect_ex(self, target)
            guard.on_connect(self)
            return result

        patched.getaddrinfo = getaddrinfo
        patched.socket.connect = guarded_connect
        patched.socket.connect_ex = guarded_connect_ex
        sys.addaudithook(self.audit)

    def resolve(self, host: Any) -> Any:
        """Turn a host name into an address of the pretended network."""
        name = host.decode("idna") if isinstance(host, bytes) else host
        if name is None or name == "" or _is_address(name):
            return host
        if is_loopback(name):
            return LOOPBACK
        if not self.network.knows(name):
            self.report.add("blocked", what=f"name {name}")
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        for alias, known in self._names.items():
            if known == name:
                return alias
        alias = f"{ALIASES}{len(self._names) // 250}.{len(self._names) % 250 + 1}"
        self._names[alias] = name
        return alias

    def redirect(self, sock: socket.socket, address: Any) -> Any:
        """Return the address that really answers, or raise as a closed network would."""
        if sock.family not in {socket.AF_INET, socket.AF_INET6}:
            return address
        alias, number = str(self.resolve(address[0])), int(address[1])
        host = self._names.get(alias, alias)
        if is_loopback(host) and number in self._listening():
            return address
        port = self.network.port(host, number)
        if port is None:
            return self._refuse(host, number)
        if sock.family == socket.AF_INET6:
            raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
        return (LOOPBACK, port)

    def _refuse(self, host: str, port: int) -> Any:
        if is_loopback(host):
            raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
        self.report.add("blocked", what=f"address {host}:{port}")
        raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))

    def _listening(self) -> set[int]:
        """Return the ports the program itself has bound: it may talk to its own servers."""
        ports = set()
        for sock in list(self._bound):
            try:
                name = sock.getsockname()
            except OSError:
                continue
            if isinstance(name, tuple):
                ports.add(name[1])
        return ports

    def audit(self, event: str, args: tuple[Any, ...]) -> None:
        """Refuse what would leave this process or this machine."""
        if event == "socket.bind":
            self._bound.add(args[0])
        elif event in SEND_EVENTS:
            self._check_address(args[1])
        elif event in LOOKUP_EVENTS:
            self._check_name(event, args[0])
        elif event in START_EVENTS:
            self._check_program(args[0])
        elif event in FORK_EVENTS:
            self._deny(event)

    def _check_name(self, event: str, host: Any) -> None:
        """Refuse look-ups that would ask a name server; those of addresses ask only backwards."""
        forward = event == "socket.getaddrinfo"
        if not (_is_address(host) if forward else is_loopback(str(host))):
            self._deny(f"name {host}")

    def _check_address(self, address: Any) -> None:
        if address is None:  # sent on a socket that was connected, hence checked, before
            return
        if not isinstance(address, tuple):
            self._deny(f"address {address!r}")
            return
        host, port = address[0], address[1]
        if not is_loopback(str(host)) or port not in self.network.ports | self._listening():
            self._deny(f"address {host}:{port}")

    def _check_program(self, executable: Any) -> None:
        name = Path(os.fsdecode(executable)).name
        if name not in self.programs:
            self._deny(f"process {name}")

    def _deny(self, what: str) -> None:
        self.report.add("blocked", what=what)
        raise PermissionError(errno.EPERM, f"the lab refuses: {what}")


def _is_address(host: Any) -> bool:
    """Tell whether a look-up of this host asks nobody: it is an address already, or absent."""
    if host is None:
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if not text:
        return True
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True
