import pytest

from vigie.knowledge import domains


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.ameli.fr", "ameli.fr"),
        ("a.b.co.uk", "b.co.uk"),
        ("x.evil.firebaseapp.com", "evil.firebaseapp.com"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_a_host_belongs_to_a_site(host: str, site: str) -> None:
    assert domains.site(host) == site


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("https://ameli.fr@evil.example/x", "evil.example"),
        ("HTTP://Evil.Example:8080/x", "evil.example"),
        ("https:\\\\evil.example\\x", "evil.example"),
        ("//evil.example/x", "evil.example"),
        ("mailto:a@b.fr", ""),
        ("https://[::1]/x", "[::1]"),
    ],
)
def test_the_host_of_a_link_is_the_one_a_browser_goes_to(target: str, host: str) -> None:
    assert domains.host_of(target) == host


def test_a_text_that_shows_a_host_is_told_from_one_that_does_not() -> None:
    assert domains.shown_host("www.ameli.fr/compte") == "www.ameli.fr"
    assert domains.shown_host("https://ameli.fr") == "ameli.fr"
    assert domains.shown_host("Cliquez ici") == ""
    assert domains.shown_host("facture.pdf") == ""


def test_places_say_something_about_who_uses_them() -> None:
    assert domains.under("a.web.app", domains.FREE_HOSTING)
    assert not domains.under("notweb.app.example", domains.FREE_HOSTING)
    assert domains.redirects("https://www.google.com/url?q=https://evil.example")
    assert not domains.redirects("https://www.google.com/maps")
    assert domains.cheap("evil.click")
    assert domains.by_number("185.203.117.12")
