"""A line to MariaDB that can be cut at the worst moment: a COMMIT that never arrives, or one whose answer is lost."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

#: What PyMySQL sends to commit: one command byte (COM_QUERY), then the statement.
_COMMIT = b"\x03COMMIT"


class CutLine:
    """Use as ``with CutLine(port) as line:`` and connect to `line.port`; a fault is armed by name and strikes once."""

    def __init__(self, server_port: int) -> None:
        self._server = ("127.0.0.1", server_port)
        self._fault = ""
        self.strikes = 0

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    def arm(self, fault: str) -> None:
        """Let the next COMMIT be "never sent", or its "answer lost"."""
        self._fault = fault

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._server) as server, suppress(OSError):
            threading.Thread(target=self._back, args=(server, client), daemon=True).start()
            while data := client.recv(65536):
                if _COMMIT in data and self._fault:
                    self._strike(server, client, data)
                    return
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    def _strike(self, server: socket.socket, client: socket.socket, data: bytes) -> None:
        fault, self._fault = self._fault, ""
        self.strikes += 1
        client.shutdown(socket.SHUT_RDWR)  # nothing comes through from here on
        if fault == "answer lost":
            server.sendall(data)
        server.shutdown(socket.SHUT_WR)  # the server reads what was sent, then that nobody is there any more

    @staticmethod
    def _back(server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                with suppress(OSError):
                    client.sendall(data)
