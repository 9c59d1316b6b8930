"""An address from a chat leads to public servers only, over real HTTP on loopback."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from bot.errors import SettingsError, SourceError
from bot.ports import Validators
from bot.settings import Settings, read_settings
from bot.sources.fetch import Fetcher, Page
from bot.sources.guard import Guard, PrivateAddressError, is_public
from tests.sources.conftest import Desk, Serve
from tests.sources.pages import blog, entry, html

LIVE = html(blog(entry()))


class Visits:
    """A server that shows a page, or sends on to `target`, and keeps what it was asked."""

    def __init__(self, target: str | None = None) -> None:
        self.target = target
        self.requests: list[web.Request] = []

    async def __call__(self, request: web.Request) -> web.Response:
        self.requests.append(request)
        if self.target is not None:
            return web.Response(status=302, headers={"Location": self.target})
        return web.Response(text=LIVE, content_type="text/html")


class Names(AbstractResolver):
    """Knows where names lead."""

    def __init__(self, **addresses: list[str]) -> None:
        self.addresses = {name.replace("_", "."): to for name, to in addresses.items()}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self.addresses[host]
        ]

    async def close(self) -> None:
        """Nothing is open."""


async def at_once(_: float) -> None:
    """No pause."""


async def fetch(url: str | URL, *allow: str, names: Names | None = None) -> Page:
    async with Fetcher(seconds=2.0, sleep=at_once, allow=allow, resolver=names) as fetcher:
        return await fetcher.fetch(str(url), Validators(), guarded=True)


def at(url: str, host: str) -> str:
    """The same server and page by another name."""
    return url.replace("127.0.0.1", host)


# ── What a chat cannot reach ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("127.0.0.1", "127.0.0.1 is an address inside a private network, which"),
        ("localhost", r"localhost is an address inside a private network \("),
        ("0.0.0.0", "private network"),
        ("[::ffff:127.0.0.1]", "private network"),
        ("[::127.0.0.1]", "private network"),
        ("[64:ff9b::127.0.0.1]", "private network"),
        ("①②⑦.⓪.⓪.①", "private network"),
        ("127。0。0。1", "private network"),
        ("0x7f.1", r"private network \(127\.0\.0\.1\)"),
        ("0x7f000001", r"private network \(127\.0\.0\.1\)"),
        ("0177.0.0.1", "ordinary IP address"),
        ("017700000001", "ordinary IP address"),
        ("2130706433", "ordinary IP address"),
        ("127.1", "ordinary IP address"),
        ("0", "ordinary IP address"),
    ],
)
async def test_a_chat_cannot_have_this_machine_read(
    desk: Desk, serve: Serve, host: str, words: str
):
    visits = Visits()
    url = await serve(visits)
    with pytest.raises(SourceError, match=words):
        await desk.read(at(url, host), guarded=True)
    assert visits.requests == []
    assert desk.pauses == []


async def test_a_chat_cannot_have_this_machine_read_over_ipv6(desk: Desk, serve: Serve):
    visits = Visits()
    url = await serve(visits, host="::1")
    assert "[::1]" in url
    with pytest.raises(SourceError, match="::1 is an address inside a private network"):
        await desk.read(url, guarded=True)
    assert visits.requests == []


async def test_the_refusal_says_what_to_do(desk: Desk, serve: Serve):
    url = await serve(Visits())
    with pytest.raises(SourceError) as raised:
        await desk.read(url, guarded=True)
    assert str(raised.value) == (
        "127.0.0.1 is an address inside a private network, which I do not read for a chat. "
        "If that is right, put its host into FETCH_ALLOW or the blog into the night file."
    )


async def test_a_name_that_leads_inside_by_several_ways_is_refused(serve: Serve):
    visits = Visits()
    url = await serve(visits)
    names = Names(news_example=["::1", "127.0.0.1", "10.0.0.1", "fd00:ec2::254"])
    with pytest.raises(SourceError, match=r"news\.example is an address inside a private network"):
        await fetch(at(url, "news.example"), names=names)
    assert visits.requests == []


async def test_of_a_hosts_addresses_only_the_permitted_one_is_read(serve: Serve):
    inside, outside = Visits(), Visits()
    url = await serve(outside)
    await serve(inside, host="127.0.0.2", port=URL(url).port)
    names = Names(news_example=["127.0.0.2", "127.0.0.1"])
    page = await fetch(at(url, "news.example"), "127.0.0.1", names=names)
    assert page.content == LIVE.encode()
    assert (len(inside.requests), len(outside.requests)) == (0, 1)


async def test_a_public_address_that_fails_does_not_open_the_private_one(serve: Serve):
    inside = Visits()
    url = at(await serve(inside, host="127.0.0.2"), "127.0.0.2")
    names = Names(news_example=["127.0.0.1", "127.0.0.2"])
    with pytest.raises(SourceError, match=r"news\.example"):
        await fetch(url.replace("127.0.0.2", "news.example"), "127.0.0.1", names=names)
    assert inside.requests == []


# ── Every step of the way ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.1", "[::ffff:127.0.0.1]"])
async def test_a_redirect_does_not_lead_inside(serve: Serve, host: str):
    inside = Visits()
    door = Visits(target=at(await serve(inside), host))
    with pytest.raises(SourceError, match="private network"):
        await fetch(at(await serve(door), "localhost"), "localhost")
    assert (len(door.requests), len(inside.requests)) == (1, 0)


async def test_a_redirect_between_allowed_hosts_is_followed(serve: Serve):
    page = Visits()
    door = Visits(target=await serve(page))
    read = await fetch(at(await serve(door), "localhost"), "localhost", "127.0.0.1")
    assert read.content == LIVE.encode()
    assert (len(door.requests), len(page.requests)) == (1, 1)


@pytest.mark.parametrize("user", ["jo:secret", "jo", ":secret"])
async def test_a_chat_gives_no_password(serve: Serve, user: str):
    visits = Visits()
    url = await serve(visits)
    with pytest.raises(SourceError, match="a user name or a password") as raised:
        await fetch(at(url, f"{user}@127.0.0.1"), "127.0.0.1")
    assert "secret" not in str(raised.value)
    assert visits.requests == []


async def test_a_redirect_gives_no_password(serve: Serve):
    inside = Visits()
    door = Visits(target=at(await serve(inside), "jo:secret@127.0.0.1"))
    with pytest.raises(SourceError, match="a user name or a password"):
        await fetch(await serve(door), "127.0.0.1")
    assert inside.requests == []


async def test_an_open_connection_of_the_night_file_is_not_lent_to_a_chat(serve: Serve):
    visits = Visits()
    url = await serve(visits)
    async with Fetcher(seconds=2.0, sleep=at_once) as fetcher:
        assert (await fetcher.fetch(url, Validators())).content == LIVE.encode()
        with pytest.raises(SourceError, match="private network"):
            await fetcher.fetch(url, Validators(), guarded=True)
        assert (await fetcher.fetch(url, Validators())).content == LIVE.encode()
    assert len(visits.requests) == 2


async def test_a_session_that_was_passed_is_not_used_for_a_chat(serve: Serve):
    visits = Visits()
    url = await serve(visits)
    async with (
        aiohttp.ClientSession(headers={"X-Passed": "yes"}) as session,
        Fetcher(session, seconds=2.0, sleep=at_once, allow=("127.0.0.1",)) as fetcher,
    ):
        await fetcher.fetch(url, Validators())
        await fetcher.fetch(url, Validators(), guarded=True)
    assert [request.headers.get("X-Passed") for request in visits.requests] == ["yes", None]


async def test_a_proxy_of_the_environment_does_not_go_round_the_guard(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
):
    proxy, page = Visits(), Visits()
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, str(URL(await serve(proxy)).origin()))
    await fetch(await serve(page), "127.0.0.1")
    assert (len(proxy.requests), len(page.requests)) == (0, 1)


# ── What FETCH_ALLOW opens ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("allow", "host"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.0/8", "127.0.0.1"),
        ("127.0.0.0/8", "[::ffff:127.0.0.1]"),
        ("127.0.0.1", "localhost"),
        ("localhost", "localhost"),
        (" LocalHost. ", "LOCALHOST"),
    ],
)
async def test_an_allowed_host_is_read_for_a_chat(serve: Serve, allow: str, host: str):
    url = await serve(Visits())
    page = await fetch(at(url, host), "10.0.0.0/8", allow, "::1")
    assert page.content == LIVE.encode()


@pytest.mark.parametrize(
    ("allow", "host"),
    [("localhost", "127.0.0.1"), ("10.0.0.0/8", "127.0.0.1"), ("host", "localhost")],
)
async def test_what_is_allowed_opens_nothing_else(serve: Serve, allow: str, host: str):
    visits = Visits()
    url = await serve(visits)
    with pytest.raises(SourceError, match="private network"):
        await fetch(at(url, host), allow)
    assert visits.requests == []


@pytest.fixture
def _nothing_is_set(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.usefixtures("_nothing_is_set")
@pytest.mark.parametrize(
    ("value", "allow"),
    [
        (None, ()),
        ("", ()),
        (" , ", ()),
        ("intranet.example", ("intranet.example",)),
        ("intranet, 10.1.0.0/16,,fd00::/8 ", ("intranet", "10.1.0.0/16", "fd00::/8")),
        ("bücher.example,a_b.example.", ("bücher.example", "a_b.example.")),
    ],
)
def test_allowed_hosts_stand_between_commas(
    monkeypatch: pytest.MonkeyPatch, value: str | None, allow: tuple[str, ...]
):
    if value is not None:
        monkeypatch.setenv("FETCH_ALLOW", value)
    assert read_settings().fetch_allow == allow


@pytest.mark.usefixtures("_nothing_is_set")
@pytest.mark.parametrize(
    "wrong",
    [
        "http://intranet.example/",
        "intranet.example:8080",
        "10.0.0.1/8",
        "10.0.0",
        "10.0.0.0/33",
        "2130706433.0x7f",
        "*.example",
        "jo@intranet.example",
        "in tranet",
        "-",
        ".",
        "[::1]",
    ],
)
def test_what_is_no_host_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch, wrong: str):
    monkeypatch.setenv("FETCH_ALLOW", f"localhost,{wrong}")
    with pytest.raises(SettingsError) as raised:
        read_settings()
    line = str(raised.value).splitlines()[1]
    assert line.startswith("  FETCH_ALLOW: entry 2 is neither a host’s name")
    assert line.endswith("no bits after the prefix)")


@pytest.mark.parametrize("host", ["news.example", "NEWS.example.", "xn--bcher-kva.example"])
def test_a_host_is_allowed_however_its_name_is_written(host: str):
    assert Guard(["News.Example.", "bücher.example"]).allows(URL(f"https://{host}/live"))


@pytest.mark.parametrize("host", ["example", "www.news.example", "news.example.org"])
def test_a_name_allows_no_other(host: str):
    assert not Guard(["news.example"]).allows(URL(f"https://{host}/live"))


# ── Which addresses are public ───────────────────────────────────────────────────────────────

PUBLIC = """
    1.1.1.1  8.8.8.8  100.63.255.255  100.128.0.1  151.101.0.81  172.15.0.1  172.32.0.1
    192.167.1.1  192.169.1.1  198.17.0.1  212.58.244.22  223.255.255.255
    2001:200::1  2001:4860:4860::8888  2606:4700::1111  2a04:4e42::81
    ::ffff:8.8.8.8  64:ff9b::8.8.8.8
"""
NOT_PUBLIC = """
    0.0.0.0  0.1.2.3  10.0.0.1  10.255.255.255  100.64.0.1  100.100.100.200  100.127.255.255
    127.0.0.1  127.255.255.254  168.63.129.16  169.254.169.254  169.254.0.1  172.16.0.1
    172.31.255.255  192.0.0.8  192.0.0.192  192.0.2.1  192.88.99.1  192.168.0.1  198.18.0.1
    198.51.100.1  203.0.113.1  224.0.0.1  239.255.255.255  240.0.0.1  255.255.255.255
    ::  ::1  fe80::1  fe80::1%1  febf::1  fec0::1  fc00::1  fd00::1  fd00:ec2::254  ff02::1
    ff0e::1  100::1  2001:db8::1  3fff::1  4000::1  5f00::1  2606:4700::1111%1
    ::ffff:127.0.0.1  ::ffff:10.0.0.1  ::ffff:169.254.169.254  ::ffff:100.64.0.1
    ::ffff:0:127.0.0.1  ::ffff:224.0.0.1  ::127.0.0.1  ::10.0.0.1  ::8.8.8.8
    64:ff9b::127.0.0.1  64:ff9b::10.0.0.1  64:ff9b::169.254.169.254  64:ff9b::224.0.0.1
    64:ff9b:1::8.8.8.8  64:ff9b:1::10.0.0.1
    2002:7f00:1::  2002:a00:1::1  2002:a9fe:a9fe::1  2002:6440:1::1
    2001:0:7f00:1::  2001:0:4136:e378:8000:63bf:80ff:fffe  2001:0:4136:e378:8000:63bf:f5ff:fffe
"""


@pytest.mark.parametrize("address", PUBLIC.split())
def test_a_public_servers_address_is_public(address: str):
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_any_other_address_is_not(address: str):
    assert not is_public(ip_address(address))


addresses = st.ip_addresses(v=4) | st.ip_addresses(v=6)
fours = st.ip_addresses(v=4)


@given(address=addresses.filter(lambda address: not address.is_global))
def test_what_python_calls_not_global_is_not_public(address: IPv4Address | IPv6Address):
    # Some versions of Python call every mapped address private, some look at what is mapped.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    if mapped is None or not mapped.is_global:
        assert not is_public(address)


@given(four=fours, prefix=st.sampled_from(["::ffff:", "64:ff9b::"]))
def test_an_embedded_address_is_as_public_as_it_is_alone(four: IPv4Address, prefix: str):
    assert is_public(ip_address(f"{prefix}{four}")) == is_public(four)


@given(
    four=fours.filter(lambda four: not four.is_global),
    prefix=st.sampled_from(["::ffff:", "64:ff9b::", "64:ff9b:1::", "::", "::ffff:0:"]),
)
def test_what_is_not_global_is_not_public_embedded_either(four: IPv4Address, prefix: str):
    assert not is_public(ip_address(f"{prefix}{four}"))


@given(four=fours, server=fours, rest=st.integers(0, 2**32 - 1))
def test_no_tunnel_leads_to_an_embedded_address(four: IPv4Address, server: IPv4Address, rest: int):
    assert not is_public(IPv6Address(0x2002 << 112 | int(four) << 80 | rest))
    hidden = int(four) ^ 0xFFFF_FFFF
    assert not is_public(IPv6Address(0x2001 << 112 | int(server) << 64 | hidden))


@pytest.mark.parametrize("host", ["news.example", "localhost", "", "0x7f.1", "127.1", "0177.0.0.1"])
def test_a_name_is_never_connected_to_before_it_was_looked_up(host: str):
    with pytest.raises(PrivateAddressError):
        Guard(["localhost"]).open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", (host, 80)))


def test_a_public_address_gets_its_socket():
    at_news = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("8.8.8.8", 443))
    with Guard().open_socket(at_news) as opened:
        assert opened.family == socket.AF_INET
        assert opened.type == socket.SOCK_STREAM
