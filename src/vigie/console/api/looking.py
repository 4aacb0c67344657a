"""What a program looked at is written in the practice's own journal, as pages are."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from vigie.console.api.asking import Asker
from vigie.console.people import seen

Answer = Callable[[HttpRequest], HttpResponse]


def written_down(answer: Answer) -> Answer:
    """Return a middleware that writes down what each key read of one practice."""

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        asker, match = getattr(request, "auth", None), request.resolver_match
        shown = response.status_code == 200 and request.method == "GET"  # noqa: PLR2004  (HTTP's OK)
        if shown and match and isinstance(asker, Asker) and "practice" in match.kwargs:
            _write(asker, match.kwargs["practice"], match.url_name or "")
        return response

    return answered


def _write(asker: Asker, pseudonym: str, what: str) -> None:
    practice = asker.practices.filter(pseudonym=pseudonym).first()
    if practice is not None:
        seen.by_program(asker.person, practice, what, datetime.now(UTC), key=asker.key.pk)
