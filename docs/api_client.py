"""A client of the Rembuk API in the standard library of Python: copy it, and change what you like.

python api_client.py https://konsultasi.example.go.id rbk_...  lists the cases and the announced steps.
"""

import json
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen


class Problem(Exception):  # noqa: N818
    """An answer with `code`, `title`, and `errors` by field (application/problem+json)."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        super().__init__(content["code"])
        self.content = content


class Rembuk:
    def __init__(self, site: str, token: str) -> None:
        self.api, self.token = f"{site.rstrip('/')}/api/v1", token

    def call(self, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Any:
        """Return the answer. Wait and repeat if the server is busy. Raise Problem."""
        address = path if path.startswith("http") else self.api + path
        for is_last in (False, False, True):
            own = {"Authorization": f"Bearer {self.token}", **(headers or {})}
            try:
                with urlopen(Request(address, data=body, headers=own), timeout=60) as answer:  # noqa: S310
                    return json.load(answer)
            except HTTPError as error:
                if is_last or error.code not in (429, 503):
                    raise Problem(json.load(error)) from error
                time.sleep(int(error.headers.get("Retry-After", "60")))
        raise AssertionError

    def cases(self, **filters: str) -> Iterator[dict[str, Any]]:
        """Yield the cases, newest first. Filters: state, kind, since, changed_since."""
        address: str | None = f"/cases?{urlencode(filters)}"
        while address:
            page = self.call(address)
            yield from page["cases"]
            address = page["next"]

    def send(self, path: str, fields: Mapping[str, str], files: Mapping[str, bytes], key: uuid.UUID) -> Any:
        """Send a form. The same `key` never makes a second case, so repeat after a broken connection."""
        mark = uuid.uuid4().hex
        parts = [(f'name="{name}"', text.encode()) for name, text in fields.items()]
        parts += [(f'name="{name}"; filename="{name}.pdf"', content) for name, content in files.items()]
        lines = [
            f"--{mark}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content
            for head, content in parts
        ]
        body = b"\r\n".join([*lines, f"--{mark}--\r\n".encode()])
        return self.call(
            path, body, {"Content-Type": f"multipart/form-data; boundary={mark}", "Idempotency-Key": str(key)}
        )

    def events(self, after: str = "/events") -> tuple[list[dict[str, Any]], str]:
        """Return what was announced, and the address of what follows. Store it and continue there."""
        page = self.call(after)
        return page["events"], page["next"]


if __name__ == "__main__":
    office = Rembuk(*sys.argv[1:3])
    for case in office.cases():
        print(case["code"], case["state"], case["since"])
    for event in office.events()[0]:
        print(event["timestamp"], event["data"]["code"], event["data"]["verb"])
