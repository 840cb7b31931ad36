"""The gate's rules without the gate: paths, hosts, addresses, cookies."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.addresses import client_address, counted_as, is_hearsay
from auth.cookies import read_cookie, session_cookie, set_cookie
from auth.paths_of_the_gate import Kind, kind_of, login_path, own_path
from auth.roles import Role
from auth.sessions import IDLE_SECONDS, LIFE_SECONDS, Session
from auth.settings import hostname, read_settings
from etl_batch.errors import ConfigError

PROXY = (ipaddress.ip_network("10.0.0.0/8"),)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", Kind.PAGE), ("/users", Kind.PAGE), ("/reports/a.html", Kind.PAGE),
        ("/downloads/output/data.csv", Kind.PAGE),
        ("/login", Kind.OPEN), ("/setup", Kind.OPEN), ("/_stcore/health", Kind.OPEN), ("/logout", Kind.PAGE),
        ("/_stcore/metrics", Kind.PART), ("/_stcore/host-config", Kind.PART), ("/media/x.png", Kind.PART),
        ("/static/js/index.js", Kind.PART), ("/component/x", Kind.PART), ("/_stcore/upload_file/a/b", Kind.PART),
        ("/index.html", Kind.PART), ("/auth/login", Kind.CLOSED), ("/auth/logout", Kind.CLOSED),
        ("/oauth2callback", Kind.CLOSED), ("/_stcore/agent/mcp", Kind.CLOSED), ("/login/x", Kind.PAGE),
        ("/_stcore/health/x", Kind.PART),
    ],
)  # fmt: skip
def test_what_a_path_is(path: str, kind: Kind) -> None:
    assert kind_of(path, "GET") is kind


def test_only_looking_leads_to_the_sign_in_page() -> None:
    assert kind_of("/users", "POST") is Kind.PART
    assert kind_of("/_stcore/health", "POST") is Kind.PART


@pytest.mark.parametrize(
    "given_next",
    [
        "https://evil.example", "//evil.example", "/\\evil.example", "/%2F/evil.example", "/%5Cevil.example",
        "\\\\evil", "/\\evil", "/%5Cevil", "/\\2130706433", "//localhost",  # names without a dot are hosts, too
        "javascript:alert(1)", "/login", "/logout", "/setup?token=x", "/oidc/start", "/\tx", "/a\nb", "", None, "x",
        "/_stcore/metrics", "/" + "x" * 3000, "http:evil.example", "/auth/login", "///evil.example",
        "/%09//evil.example",
    ],
)  # fmt: skip
def test_no_open_redirect(given_next: str | None) -> None:
    assert own_path(given_next) == "/"


@pytest.mark.parametrize("wanted", ["/", "/users", "/run?id=job-1&tab=log", "/reports/a.html"])
def test_own_pages_are_gone_back_to(wanted: str) -> None:
    assert own_path(wanted) == wanted
    path, _, query = wanted.partition("?")
    assert unquote(login_path(path, query).partition("next=")[2]) in {wanted, ""}


@given(st.text(max_size=60))
def test_whatever_is_asked_for_stays_on_this_host(text: str) -> None:
    for asked in (text, "/" + text):
        target = urlsplit(urljoin("http://127.0.0.1:8501/login", own_path(asked)))
        assert (target.scheme, target.netloc) == ("http", "127.0.0.1:8501")


def test_an_address_is_believed_from_trusted_proxies_only() -> None:
    assert client_address(("203.0.113.5", 4000), "1.2.3.4", PROXY) == "203.0.113.5"
    assert client_address(("10.0.0.2", 4000), "1.2.3.4", PROXY) == "1.2.3.4"
    assert client_address(("10.0.0.2", 4000), "9.9.9.9, 1.2.3.4, 10.1.1.1", PROXY) == "1.2.3.4"
    assert client_address(("10.0.0.2", 4000), "nonsense", PROXY) == "10.0.0.2"
    assert client_address(("10.0.0.2", 4000), "1.2.3.4, nonsense", PROXY) == "10.0.0.2"
    assert client_address(("10.0.0.2", 4000), "", PROXY) == "10.0.0.2"
    assert client_address(("10.0.0.2", 0), "10.0.0.3", PROXY) == "10.0.0.3"
    assert client_address(None, "1.2.3.4", PROXY) is None
    assert client_address(("1.2.3.4", 0), "1.2.3.4", ()) == "1.2.3.4"


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("1.2.3.4:5678", "1.2.3.4"), ("[2001:db8::1]:5678", "2001:db8::1"), ("[2001:db8::1]", "2001:db8::1"),
        ("2001:DB8:0:0::1", "2001:db8::1"), ("::ffff:1.2.3.4", "1.2.3.4"), ("fe80::1%eth0", "fe80::1"),
        ("1.2.3.4:", "1.2.3.4"), ("[1.2.3.4]:9", "1.2.3.4"), ("unknown", "10.0.0.2"), ("_hidden:80", "10.0.0.2"),
        ("[2001:db8::1", "2001:db8::1"), ("1.2.3.4.5", "10.0.0.2"), ('"1.2.3.4"', "10.0.0.2"),
    ],
)  # fmt: skip
def test_a_port_and_another_spelling_make_no_other_address(written: str, address: str) -> None:
    assert client_address(("10.0.0.2", 4000), written, PROXY) == address
    assert client_address(("::ffff:10.0.0.2", 4000), written, PROXY) == address


@given(st.lists(st.ip_addresses().map(str)), st.ip_addresses(v=4), st.integers(0, 65535))
def test_whatever_stands_to_the_left_of_a_strangers_address_is_not_read(
    forged: list[str], stranger: object, port: int
) -> None:
    chain = [*forged, f"{stranger}:{port}", "10.3.2.1"]
    believed = client_address(("10.0.0.2", 4000), ", ".join(chain), PROXY)
    expected = client_address(("10.0.0.2", 4000), str(stranger), PROXY)
    if not str(stranger).startswith("10."):
        assert believed == expected == str(stranger)


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_a_64_is_one_address(address: ipaddress.IPv6Address, end: int) -> None:
    beside = ipaddress.IPv6Address(int(address) >> 64 << 64 | end)
    if not address.ipv4_mapped and not beside.ipv4_mapped:
        assert counted_as(str(address)) == counted_as(str(beside))
        assert counted_as(str(address)) != counted_as(str(ipaddress.IPv6Address(int(address) ^ 1 << 64)))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_one_address_however_it_is_written(address: ipaddress.IPv4Address) -> None:
    assert counted_as(str(address)) == counted_as(f"::ffff:{address}") == str(address)


@pytest.mark.parametrize(
    "name",
    [
        "X-Forwarded-For",
        "x-forwarded-proto",
        "X_Forwarded_For",
        "Forwarded",
        "x-real-ip",
        "X-Forwarded",
        "True-Client-IP",
    ],
)
def test_headers_that_say_where_a_request_comes_from(name: str) -> None:
    assert is_hearsay(name.encode())


@pytest.mark.parametrize("name", ["host", "x-requested-with", "cookie", "user-agent"])
def test_other_headers_do_not(name: str) -> None:
    assert not is_hearsay(name.encode())


def test_settings_of_a_public_address() -> None:
    settings = read_settings({"ETL_PUBLIC_URL": "https://etl.example.org/", "ETL_TRUSTED_PROXIES": "127.0.0.1, ::1"})
    assert settings.public_url == "https://etl.example.org"
    assert settings.is_https
    assert "etl.example.org" in settings.hosts
    assert len(settings.trusted_proxies) == 2
    assert settings.is_own_origin("https://etl.example.org", "etl.example.org")
    assert not settings.is_own_origin("http://etl.example.org", "etl.example.org")
    assert not settings.is_own_origin("null", "etl.example.org")


@pytest.mark.parametrize(
    "environment",
    [
        {"ETL_PUBLIC_URL": "etl.example.org"}, {"ETL_PUBLIC_URL": "https://etl.example.org/path"},
        {"ETL_PUBLIC_URL": "ftp://etl.example.org"}, {"ETL_PUBLIC_URL": "https://etl.example.org:port"},
        {"ETL_TRUSTED_PROXIES": "the proxy"},
    ],
)  # fmt: skip
def test_wrong_settings_are_refused(environment: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        read_settings(environment)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("127.0.0.1:8501", "127.0.0.1"),
        ("[::1]:8501", "::1"),
        ("LOCALHOST", "localhost"),
        ("", ""),
        ("[::1", ""),
        ("a.b.:1", "a.b"),
    ],
)
def test_names_of_hosts(host: str, name: str) -> None:
    assert hostname(host) == name


def test_cookie_flags() -> None:
    assert set_cookie("a", "b", is_https=False) == "a=b; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax"
    assert set_cookie("a", "b", is_https=True).endswith("; Secure")
    assert session_cookie(is_https=True) == "__Host-etl_session"


@given(st.binary(max_size=200))
def test_no_cookie_header_breaks_it(header: bytes) -> None:
    found = read_cookie([(b"cookie", header)], "etl_session")
    assert found is None or isinstance(found, str)


def test_a_cookie_among_broken_ones() -> None:
    assert read_cookie([(b"cookie", b'x=";; etl_session=abc-_1; =; y')], "etl_session") == "abc-_1"


def test_how_long_a_session_lives() -> None:
    session = Session(key="k", user_id=1, name="ada", role=Role.ANALYST, created_at=0.0, seen_at=0.0)
    assert session.is_live(IDLE_SECONDS - 1)
    assert not session.is_live(IDLE_SECONDS)
    busy = Session(key="k", user_id=1, name="ada", role=Role.ANALYST, created_at=0.0, seen_at=LIFE_SECONDS - 1.0)
    assert not busy.is_live(LIFE_SECONDS)
    assert not replace(session, disabled=True).is_live(1.0), "its user is not let in any more"
