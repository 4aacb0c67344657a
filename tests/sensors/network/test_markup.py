"""What stands beside a field, however a maker's page is laid out."""

import pytest

from vigie.sensors.network.markup import shown
from vigie.tools.network.pages import Page


def labels(body: str) -> list[str]:
    page = Page(status=200, content=f"<form>{body}</form>".encode(), path="/")
    return [one.label for one in shown(page, "192.168.1.9", 80, tls=False).forms[0].fields]


@pytest.mark.parametrize(
    "body",
    [
        "<label for=a>Adresse IP</label><input id=a>",
        "<label>Adresse IP <input name=a></label>",
        "<table><tr><td>Adresse IP</td><td><input name=a></td></tr></table>",
        "<table><tr><td>Adresse IP</td><td><select name=a><option>Auto</select></td></tr></table>",
        "<dl><dt>Adresse IP</dt><dd><input name=a></dd></dl>",
        "Adresse IP : <input name=a>",
        "<b>Adresse IP</b> <input name=a>",
    ],
)
def test_a_field_is_known_by_what_stands_beside_it(body: str) -> None:
    (label,) = labels(body)
    assert "Adresse IP" in label


def test_a_script_that_leads_to_the_login_is_seen() -> None:
    content = b"<script>if (!ok) top.location.href = '/login.html';</script><form></form>"
    page = Page(status=200, content=content, path="/")
    assert shown(page, "192.168.1.9", 80, tls=False).onward == "/login.html"


def test_a_dead_set_of_fields_is_dead() -> None:
    assert labels("<fieldset disabled><div><input name=a></div></fieldset><input name=b>") == [""]


def test_dead_fields_and_buttons_change_nothing() -> None:
    page = Page(
        status=200,
        content=b"<form><input name=a disabled><input name=b readonly><input type=submit></form>",
        path="/",
    )
    (form,) = shown(page, "192.168.1.9", 80, tls=False).forms
    assert (form.fields, form.submits) == ((), True)
