"""A real receiver of callbacks: an HTTP server that does as it is told, and remembers."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Received:
    """One callback."""

    path: str
    headers: dict
    body: bytes

    @property
    def document(self):
        return json.loads(self.body)

    @property
    def uid(self):
        return self.document["data"]["id"]


class Server(ThreadingHTTPServer):
    """Lets as many callers wait as may come at once."""

    request_queue_size = 128


class Receiver:
    """Answers each request with the next of its `answers`, then always with the last.

    An answer is a status, or a function that gets the handler. The server hears on one socket.
    """

    def __init__(self, wrap=None):
        self.received = []
        self.answers = [200]
        self.released = threading.Event()  # ends what hangs
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                outer.handle(self)

            def do_GET(self):
                outer.handle(self)

            def log_message(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if wrap:
            self.server.socket = wrap(self.server.socket)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)

    def handle(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        self.received.append(Received(handler.path, dict(handler.headers), body))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        with suppress(OSError):
            if callable(answer):
                answer(handler)
            else:
                handler.send_response(answer)
                handler.end_headers()

    @property
    def port(self):
        return self.server.server_port

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def topics(self):
        return [one.headers["X-CommerceLayer-Topic"] for one in self.received]

    def hang(self, handler):
        """Say nothing until the test is over."""
        self.released.wait(30)

    def drip(self, handler):
        """Answer a header at a time that never ends."""
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
        while not self.released.wait(0.1):
            handler.wfile.write(b"x")

    def drop(self, handler):
        """Close the connection without a word."""
        handler.connection.close()


@contextmanager
def receiving(**options):
    receiver = Receiver(**options)
    receiver.thread.start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        receiver.server.shutdown()
        receiver.server.server_close()
