"""Which addresses may be read for a chat: public ones, and what FETCH_ALLOW opens."""

import re
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from yarl import URL

from bot.errors import SourceError

if TYPE_CHECKING:
    from aiohttp import AddrInfoType

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# What `ipaddress` calls global, in one version of Python or another, and is no public server.
_NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments; one cloud keeps its metadata here
        "192.88.99.0/24",  # relays of 6to4
        "168.63.129.16/32",  # another cloud's own services, within its machines
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved
        "2001::/23",  # protocol assignments, with Teredo, which embeds an IPv4 address
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which embeds an IPv4 address and is out of use
        "3fff::/20",  # documentation
    )
)
# All of IPv6 that is given out to public servers; what is outside is local, reserved or embeds.
_GIVEN_OUT = IPv6Network("2000::/3")
# Networks without IPv4 reach every public server by these.
_NAT64 = IPv6Network("64:ff9b::/96")
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class PrivateAddressError(OSError):
    """A connection to an `address` that is not public was not made.

    Its text is the same for every address: only so does a client that tried several, all of them
    private, hand one of these errors on, and not a summary of them.
    """

    def __init__(self, address: str) -> None:
        super().__init__("This address is not public.")
        self.address = address


class Guard:
    """Lets only public addresses be connected to, but for the hosts and networks in `allow`.

    An entry of `allow` is a host's name, an IP address, or a network as in 10.0.0.0/8. Raises
    `ValueError` with a sentence, in which the entry is not quoted, for one that is none of these.
    """

    def __init__(self, allow: Iterable[str] = ()) -> None:
        names: set[str] = set()
        networks: list[Network] = []
        for number, entry in enumerate(allow, start=1):
            try:
                networks.append(ip_network(entry.strip()))
            except ValueError:
                names.add(_name(entry, number))
        self._names = frozenset(names)
        self._networks = tuple(networks)

    def allows(self, url: URL) -> bool:
        """Whether the host of `url` was allowed by its name, wherever that leads."""
        return (url.raw_host or "").lower().rstrip(".") in self._names

    def open_socket(self, addr_info: "AddrInfoType") -> socket.socket:
        """A socket for a connection to that address; raises `PrivateAddressError`.

        This is asked for each connection with the address that is then connected to, after all
        looking up of names: a name that leads elsewhere the second time gains nothing.
        """
        family, kind, protocol, _, place = addr_info
        if not self._may_reach(str(place[0])):
            raise PrivateAddressError(str(place[0]))
        return socket.socket(family=family, type=kind, proto=protocol)

    def _may_reach(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            # The system would look it up once more, and then connect unchecked.
            return False
        real = _embedded(address) or address
        return is_public(address) or any(real in network for network in self._networks)


def is_public(address: Address) -> bool:
    """Whether an address is a public server's, also by the IPv4 address that it embeds."""
    if isinstance(address, IPv6Address):
        embedded = _embedded(address)
        if embedded is not None:
            return is_public(embedded)
        if address not in _GIVEN_OUT or address.scope_id is not None:
            return False
    return address.is_global and not any(address in network for network in _NOT_PUBLIC)


def refuse_user(url: URL) -> None:
    """Raise `SourceError` for an address with a user name or a password in it."""
    if url.raw_user is not None or url.raw_password is not None:
        raise SourceError(
            f"The address at {url.host} has a user name or a password in it, before the “@”. "
            "I do not read such an address for a chat; give it without them."
        )


def refusal(url: URL, error: PrivateAddressError) -> SourceError:
    """The sentence for an address that was not connected to."""
    where = "" if error.address == url.host else f" ({error.address})"
    return SourceError(
        f"{url.host} is an address inside a private network{where}, which I do not read for a "
        "chat. If that is right, put its host into FETCH_ALLOW or the blog into the night file."
    )


def _embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that is reached by an IPv6 one, where that is how it is reached."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped


def _name(entry: str, number: int) -> str:
    """The name of a host as it stands in an address."""
    try:
        name = (URL.build(scheme="http", host=entry.strip()).raw_host or "").lower().rstrip(".")
    except ValueError:
        name = ""
    if not _NAME.fullmatch(name) or _NUMBER.fullmatch(name.rpartition(".")[2]):
        raise ValueError(
            f"entry {number} is neither a host’s name (intranet.example, without http:// and "
            "port), nor an IP address, nor a network (10.0.0.0/8, with no bits after the prefix)"
        )
    return name
