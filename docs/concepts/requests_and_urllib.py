"""requests and urllib: the same calls twice, against a small server of our own."""

import json
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

given_up = threading.Event()  # set when the client has lost its patience


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # http.server finds it by this name
        if self.path == "/slow":
            given_up.wait()
            return  # no answer at all
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Type", "text/html")  # no charset, as from many an old server
        self.end_headers()
        self.wfile.write(json.dumps({"title": "三体"}, ensure_ascii=False).encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def with_urllib(url: str) -> tuple[int, str]:
    """Bytes, decoding, JSON and the 404 that is an exception: all by hand."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy to 127.0.0.1
    try:
        with opener.open(url, timeout=30) as answer:
            return answer.status, json.loads(answer.read().decode())["title"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""


def with_requests(session: requests.Session, url: str) -> tuple[int, str]:
    answer = session.get(url, timeout=30)  # without a timeout, requests waits for ever
    answer.encoding = "utf-8"  # see the trap below
    return answer.status_code, answer.json()["title"] if answer.ok else ""


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)  # port 0: any that is free
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    with requests.Session() as session:
        session.trust_env = False  # no proxy here either
        for path, expected in (("/book", (200, "三体")), ("/missing", (404, ""))):
            both = with_urllib(base + path), with_requests(session, base + path)
            print(path, "urllib:", both[0], "requests:", both[1])
            assert both == (expected, expected)

        answer = session.get(base + "/book", timeout=30)
        print("text/html without a charset is read as", answer.encoding, "even by .json():", answer.json())
        assert answer.json()["title"] == "三体".encode().decode("latin-1")
        try:
            session.get(base + "/slow", timeout=0.1)
        except requests.Timeout as error:
            print("too slow:", type(error).__name__)
        else:
            raise AssertionError("the timeout did not bite")
        finally:
            given_up.set()
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main()
