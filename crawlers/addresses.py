"""Network addresses: what a host spells out, and which addresses a crawl may connect to. Pure."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# What inet_aton takes for an address: 127.0.0.1, 127.1, 2130706433, 0x7f.1, 0177.0.0.1.
LOOKS_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}\.?", re.IGNORECASE)
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def literal_address(host: str) -> Address | None:
    """The address that a host spells out in any form that the operating system takes, or None for a name."""
    host = host.strip("[]")
    if LOOKS_NUMERIC.fullmatch(host):
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host.rstrip(".")))
        except OSError:
            return None
    try:
        return ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return None


def meant(address: Address) -> Address:
    """The IPv4 address inside an IPv6 form of it (mapped, 6to4, Teredo, NAT64), else the address."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)


def is_allowed(address: Address, networks: Iterable[Network]) -> bool:
    """Whether a crawl may connect to the address: it is public, or inside one of the outlet's allow_addresses."""
    address = meant(address)
    public = address.is_global and not address.is_multicast
    return public or any(address in network for network in networks if network.version == address.version)


def networks_of(blocks: Iterable[str]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(block) for block in blocks)


def is_loopback(host: str) -> bool:
    """Whether a host as written can only mean this machine."""
    address = literal_address(host)
    return host.lower() == "localhost" or (address is not None and meant(address).is_loopback)
