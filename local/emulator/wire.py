"""HTTP: kept connections, and replies that never come."""

from __future__ import annotations

import socket
import struct
from typing import Any, TextIO

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from .gate import Gate, Reply

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Handler(MotoRequestHandler):
    """One connection. Werkzeug's own handler closes it after each answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    gate: Gate
    log_to: TextIO | None = None

    def run_wsgi(self) -> None:
        if self.headers.get("Expect", "").lower().strip() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        environ = self.make_environ()
        length = self.headers.get("Content-Length")
        is_chunked = environ.get("wsgi.input_terminated", False)
        body = self.rfile.read(int(length)) if length else environ["wsgi.input"].read() if is_chunked else b""
        reply = self.gate.handle(environ, body)
        if reply is None:
            self._cut()
        else:
            self._send(reply)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.connection.close()
        raise ConnectionResetError("the reply is lost, as a fault rule wants it")

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers:
            if name.lower() not in ("content-length", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if self.log_to is not None:
            self.log_to.write(f"{self.log_date_time_string()} {self.requestline} {code}\n")

    def log(self, type: str, message: str, *args: Any) -> None:
        if self.log_to is not None:
            self.log_to.write(f"{self.log_date_time_string()} {message % args if args else message}\n")


def listen(host: str, port: int, log: TextIO | None) -> BaseWSGIServer:
    """Listens at once; a thread for each connection once it serves. OSError when it cannot."""
    handler = type("BoundHandler", (Handler,), {"gate": Gate(), "log_to": log})
    # Bound here, as werkzeug ends the process with advice of its own when the port is taken.
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
        return make_server(
            host, port, lambda _environ, _start: [], threaded=True, request_handler=handler, fd=listening.fileno()
        )
