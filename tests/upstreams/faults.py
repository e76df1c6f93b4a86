"""Everything that has been seen going wrong at a book source, by name."""

from __future__ import annotations

import gzip
from collections.abc import Callable

from tests.upstreams.server import Handler

MEGABYTE = 1024 * 1024


def hangs(handler: Handler) -> None:
    handler.wait(30)


def drips_its_body(handler: Handler) -> None:
    handler.reply(200, b"{", Content_Length=str(MEGABYTE))
    while not handler.wait(0.02):
        handler.wfile.write(b" ")


def drips_a_body_without_length(handler: Handler) -> None:
    handler.reply(200, b"{", Content_Length="")
    while not handler.wait(0.02):
        handler.wfile.write(b" ")


def drips_its_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Endless: ")
    while not handler.wait(0.02):
        handler.wfile.write(b"x")


def drips_its_chunks(handler: Handler) -> None:
    handler.protocol_version = "HTTP/1.1"
    handler.reply(200, b"", Content_Length="", Transfer_Encoding="chunked")
    while not handler.wait(0.02):
        handler.wfile.write(b"1\r\n \r\n")


def wants_six_hours_of_rest(handler: Handler) -> None:
    handler.reply(429, b'{"error": "rate limited"}', Retry_After="21600")


def is_down_for_six_hours(handler: Handler) -> None:
    handler.reply(503, b"{}", Retry_After="21600")


def says(status: int) -> Callable[[Handler], None]:
    return lambda handler: handler.reply(status, b"<html>no</html>", Content_Type="text/html")


def breaks_off(handler: Handler) -> None:
    status, body = handler.good()
    handler.reply(status, body[: len(body) // 2], Content_Length=str(len(body)))


def sends(body: bytes, **headers: str) -> Callable[[Handler], None]:
    return lambda handler: handler.reply(200, body, **headers)


def sends_half_a_json(handler: Handler) -> None:
    status, body = handler.good()
    handler.reply(status, body[: len(body) // 2])


def closes_without_a_word(handler: Handler) -> None:
    handler.close_connection = True


def speaks_something_else(handler: Handler) -> None:
    handler.wfile.write(b"220 mail.example ESMTP ready\r\n")


def redirects_to(url: str) -> Callable[[Handler], None]:
    return lambda handler: handler.reply(302, b"", Location=url)


def redirects_to_itself(handler: Handler) -> None:
    handler.reply(302, b"", Location=handler.path)


def sends_100_megabytes(handler: Handler) -> None:
    handler.reply(200, b"{", Content_Length="")
    for _ in range(100):
        handler.wfile.write(b" " * MEGABYTE)


def announces_100_megabytes(handler: Handler) -> None:
    handler.reply(200, b"{", Content_Length=str(100 * MEGABYTE))
    handler.wait(30)


#: 100 MB in 100 kB: gzip members may be strung together.
BOMB = gzip.compress(b"{") + gzip.compress(b" " * MEGABYTE) * 100


def says_latin_1_of_utf_8(handler: Handler) -> None:
    status, body = handler.good()
    handler.reply(status, body, Content_Type="application/json; charset=iso-8859-1")


def sends_gbk(handler: Handler) -> None:
    status, body = handler.good()
    handler.reply(status, body.decode().encode("gb18030"), Content_Type="text/html; charset=gbk", Content_Length="")


def sends_gbk_as_utf_8(handler: Handler) -> None:
    status, body = handler.good()
    handler.reply(status, body.decode().encode("gb18030"), Content_Length="")


def sends_a_byte_order_mark(handler: Handler) -> None:
    status, body = handler.good()
    handler.reply(status, b"\xef\xbb\xbf" + body)


def sends_gzip(handler: Handler) -> None:
    status, body = handler.good()
    handler.reply(status, gzip.compress(body), Content_Encoding="gzip", Content_Length="")


#: name → (what the server does, how the client must take it: the name of a `Failure`, or "found")
FAULTS: dict[str, tuple[Callable[[Handler], None], str]] = {
    "hangs": (hangs, "SLOW"),
    "drips its body": (drips_its_body, "SLOW"),
    "drips a body without length": (drips_a_body_without_length, "SLOW"),
    "drips its headers": (drips_its_headers, "SLOW"),
    "drips its chunks": (drips_its_chunks, "SLOW"),
    "429, come back in six hours": (wants_six_hours_of_rest, "LIMITED"),
    "503, come back in six hours": (is_down_for_six_hours, "FAILING"),
    "401": (says(401), "FORBIDDEN"),
    "403": (says(403), "FORBIDDEN"),
    "404 as a web page": (says(404), "MALFORMED"),
    "500": (says(500), "FAILING"),
    "502": (says(502), "FAILING"),
    "503": (says(503), "FAILING"),
    "body breaks off": (breaks_off, "UNREACHABLE"),
    "half a JSON": (sends_half_a_json, "MALFORMED"),
    "a web page": (sends(b"<html>captcha</html>", Content_Type="text/html"), "MALFORMED"),
    "an empty body": (sends(b""), "MALFORMED"),
    "null": (sends(b"null"), "MALFORMED"),
    "a list": (sends(b"[]"), "MALFORMED"),
    "an error object": (sends(b'{"error": "internal"}'), "MALFORMED"),
    "a hundred thousand brackets": (sends(b"[" * 100_000), "MALFORMED"),
    "closes without a word": (closes_without_a_word, "UNREACHABLE"),
    "speaks something else": (speaks_something_else, "UNREACHABLE"),
    "redirects to the cloud's metadata": (redirects_to("http://169.254.169.254/latest/meta-data/"), "HOST_REFUSED"),
    "redirects to this machine": (redirects_to("http://localhost/"), "HOST_REFUSED"),
    "redirects to a file": (redirects_to("file:///etc/passwd"), "HOST_REFUSED"),
    "redirects to an IPv6 address inside": (redirects_to("http://[::ffff:10.0.0.1]/"), "HOST_REFUSED"),
    "redirects to another host": (redirects_to("https://evil.example/"), "HOST_REFUSED"),
    "redirects in a circle": (redirects_to_itself, "HOST_REFUSED"),
    "100 MB": (sends_100_megabytes, "TOO_LARGE"),
    "100 MB announced": (announces_100_megabytes, "TOO_LARGE"),
    "gzip bomb": (sends(BOMB, Content_Encoding="gzip"), "TOO_LARGE"),
    "gzip bomb in gzip": (sends(gzip.compress(BOMB), Content_Encoding="gzip, gzip"), "UNREACHABLE"),
    "broken gzip": (sends(b"\x1f\x8b\x08nonsense", Content_Encoding="gzip"), "UNREACHABLE"),
    "unknown encoding": (sends(b"{}", Content_Encoding="br"), "UNREACHABLE"),
    "UTF-8 that is called Latin-1": (says_latin_1_of_utf_8, "found"),
    "GBK": (sends_gbk, "found"),
    "GBK that is called UTF-8": (sends_gbk_as_utf_8, "MALFORMED"),
    "a byte order mark": (sends_a_byte_order_mark, "found"),
    "gzip": (sends_gzip, "found"),
}
