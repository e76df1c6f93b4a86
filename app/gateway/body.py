"""gateway: read a request's body to its end, if it comes fast enough and is not too large."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

#: What is larger waits on the disk, so that many large bodies do not fill the memory.
_IN_MEMORY = 64 * 1024


class BodyTooSlowError(Exception):
    """The body did not come fast enough."""


class BodyTooLargeError(Exception):
    """The body is larger than the site takes."""


class ClientLeftError(Exception):
    """The connection ended before the body did."""


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How large a body may be, and how fast it must come: after so many seconds, and one more for so many bytes, it is cut."""

    max_bytes: int
    seconds: float
    bytes_per_second: int

    async def read(self, receive: Receive) -> tuple[IO[bytes], int]:
        """Return the whole body, ready to be read, and its size.

        :raises TooSlowError: :raises TooLargeError: :raises ClientLeftError: when it does not come.
        """
        body = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - whoever gets it closes it
        try:
            size = await self._fill(body, receive)
        except BaseException:
            body.close()
            raise
        body.seek(0)
        return body, size

    async def _fill(self, body: IO[bytes], receive: Receive) -> int:
        start = asyncio.get_running_loop().time()
        size, is_whole = 0, False
        while not is_whole:
            try:
                async with asyncio.timeout_at(start + self.seconds + size / self.bytes_per_second):
                    message = await receive()
            except TimeoutError:
                raise BodyTooSlowError from None
            if message["type"] != "http.request":
                raise ClientLeftError
            size += body.write(message.get("body", b""))
            if size > self.max_bytes:
                raise BodyTooLargeError
            is_whole = not message.get("more_body", False)
        return size
