"""Where callbacks may go."""

import socket

import pytest

from activity.targets import BadTarget, addresses_of, is_public, target_of


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_the_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "192.0.0.8",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "2001:db8::1",
        "fc00::1",
        "fe80::1",
        "ff02::1",
        "fec0::1",
    ],
)
def test_what_stands_for_another_place_is_not(address):
    assert not is_public(address)


@pytest.mark.parametrize("host", ["127.1", "0x7f.1", "2130706433", "017700000001", "localhost."])
def test_no_spelling_of_this_machine_gets_through(host):
    with pytest.raises(BadTarget):
        addresses_of(target_of(f"http://{host}/"))


def test_one_private_address_of_a_name_is_one_too_many(monkeypatch):
    def resolve(*_, **__):
        family = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*family, ("8.8.8.8", 443)), (*family, ("10.0.0.1", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    with pytest.raises(BadTarget):
        addresses_of(target_of("https://rebinding.example/"))


def test_no_reason_names_an_address():
    with pytest.raises(BadTarget) as refusal:
        addresses_of(target_of("http://127.1/"))

    assert "127" not in str(refusal.value)


def test_names_of_other_alphabets_are_sent_in_ascii():
    target = target_of("https://b\u00fccher.example:8443/x?y=1")

    assert target.host == "xn--bcher-kva.example"
    assert target.host_header == "xn--bcher-kva.example:8443"
    assert target.path == "/x?y=1"
