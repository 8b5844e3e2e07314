"""One callback over the network, with receivers of all manners."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from activity import sending
from activity.sending import Answer, send
from tests.activity.receiver import receiving


def post(url):
    return send(url, {"Content-Type": "application/vnd.api+json"}, b"{}")


@pytest.fixture
def hurried(monkeypatch):
    """Give up after half a second."""
    monkeypatch.setattr(sending, "ANSWER_WITHIN", 0.5)


def test_it_tells_the_status_in_its_own_words(receiver):
    receiver.answers = [lambda handler: handler.wfile.write(b"HTTP/1.0 202 my secret\r\n\r\n")]

    assert post(receiver.url) == Answer("202", "Accepted")


def test_unknown_numbers_have_no_words(receiver):
    receiver.answers = [299]

    assert post(receiver.url) == Answer("299", "unknown status")


def test_redirects_are_not_followed(receiver):
    def redirect(handler):
        handler.send_response(302)
        handler.send_header("Location", f"{receiver.url}/elsewhere")
        handler.end_headers()

    receiver.answers = [redirect]

    assert post(receiver.url) == Answer("302", "Found")
    assert len(receiver.received) == 1


def test_bodies_are_not_read(receiver):
    def endless(handler):
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        while not receiver.released.wait(0):
            handler.wfile.write(b"x" * 65536)

    receiver.answers = [endless]

    assert post(receiver.url) == Answer("200", "OK")


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("manner", ["hang", "drip"])
def test_who_does_not_answer_in_time_has_failed(receiver, manner):
    receiver.answers = [getattr(receiver, manner)]
    started = monotonic()

    assert post(receiver.url) == Answer(None, "timeout")
    assert monotonic() - started < 5  # the receiver would go on for thirty


@pytest.mark.parametrize("reply", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.0 banana\r\n\r\n"])
def test_who_does_not_speak_http_has_failed(receiver, reply):
    receiver.answers = [lambda handler: handler.wfile.write(reply)]

    assert post(receiver.url) == Answer(None, "no connection")


def test_headers_without_end_have_failed(receiver):
    receiver.answers = [
        lambda handler: handler.wfile.write(b"HTTP/1.0 200 OK\r\nX: " + b"x" * 10_000_000)
    ]

    assert post(receiver.url) == Answer(None, "no connection")


@pytest.mark.usefixtures("private")
def test_where_nobody_listens_it_has_failed():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        assert post(f"http://127.0.0.1:{port}/") == Answer(None, "no connection")


def test_it_does_not_go_where_it_must_not(receiver, settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = False

    for host in ("127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]"):
        assert post(f"http://{host}:{receiver.port}/") == Answer(None, "no public address")
    assert receiver.received == []


def test_it_goes_to_the_address_that_was_looked_at(receiver, monkeypatch):
    """A name that means another address when it is asked for again gains nothing."""
    asked = []

    def resolve(host, port, *_, **__):
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "192.0.2.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    # urllib3 resolves the address that it is given, which is no question any more.
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **more: (
            real(host, *rest, **more) if host[0].isdigit() else resolve(host, *rest, **more)
        ),
    )

    assert post(f"http://shop.example:{receiver.port}/hook") == Answer("200", "OK")
    assert asked == ["shop.example"]
    assert receiver.received[0].headers["Host"] == f"shop.example:{receiver.port}"


@pytest.fixture
def certificate(tmp_path):
    """A certificate of localhost, which nobody trusts, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "localhost.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.mark.usefixtures("private")
def test_a_certificate_has_to_be_trusted_and_of_the_name(certificate, monkeypatch):
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate)
    with receiving(wrap=lambda heard: ours.wrap_socket(heard, server_side=True)) as receiver:
        by_name = f"https://localhost:{receiver.port}/"
        by_address = f"https://127.0.0.1:{receiver.port}/"
        assert post(by_name) == Answer(None, "no trusted certificate")

        monkeypatch.setattr(
            sending, "_trust", lambda: ssl.create_default_context(cafile=certificate)
        )

        assert post(by_name) == Answer("200", "OK")
        assert post(by_address) == Answer(None, "no trusted certificate")
    assert len(receiver.received) == 1
