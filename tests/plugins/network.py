"""Keeps every test run on this machine: a connection to anything but loopback or a unix socket raises.

The program makes no network call at run time; a test that would is either wrong or has found a mistake.
"""

import ipaddress
import socket
from typing import Any

import pytest


class NetworkCallError(RuntimeError):
    """A test tried to leave the machine."""


def is_local(host: object) -> bool:
    """True for loopback addresses and the names that always mean them."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def refuse_unless_local(family: int, address: Any) -> None:
    """Raises NetworkCallError for an internet address that is not loopback; other families stay untouched."""
    if family in (socket.AF_INET, socket.AF_INET6) and not is_local(address[0]):
        raise NetworkCallError(f"a test tried to reach {address[0]!r}; tests make no network call")


class GuardedSocket(socket.socket):
    """The ordinary socket, with a look at the address first."""

    def connect(self, address: Any) -> None:
        refuse_unless_local(self.family, address)
        super().connect(address)

    def connect_ex(self, address: Any) -> int:
        refuse_unless_local(self.family, address)
        return super().connect_ex(address)


_real_getaddrinfo = socket.getaddrinfo


def guarded_getaddrinfo(host: Any, *rest: Any, **options: Any) -> Any:
    if not is_local(host):
        raise NetworkCallError(f"a test asked for the address of {host!r}; tests make no network call")
    return _real_getaddrinfo(host, *rest, **options)


def pytest_configure(config: pytest.Config) -> None:
    socket.socket = GuardedSocket  # type: ignore[misc]
    socket.getaddrinfo = guarded_getaddrinfo
