"""A program that speaks to the console with a key."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from vigie.console.practices import scope


class Program:
    """A program with a key, which would be told sentences in one language."""

    def __init__(self, text: str, language: str = "fr") -> None:
        self._headers = {"Authorization": f"Bearer {text}", "Accept-Language": language}

    def ask(self, method: str, path: str, sent: object = None, status: int = 200) -> Any:  # noqa: ANN401
        answer = self._answer(method, path, json.dumps(sent) if sent is not None else "")
        assert answer.status_code == status, answer.content
        return json.loads(answer.content)

    def file(self, path: str) -> bytes:
        """Return a file that the console gives."""
        answer = self._answer("GET", path, "")
        assert answer.status_code == 200, answer.content
        assert answer.headers["Content-Disposition"].startswith("attachment")
        return bytes(answer.content)

    def _answer(self, method: str, path: str, body: str) -> HttpResponse:
        answer = Client().generic(
            method,
            f"/api/v1{path}",
            body,
            content_type="application/json",
            headers=self._headers,
        )
        scope.see(scope.EVERYONE)
        return answer
