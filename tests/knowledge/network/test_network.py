"""Makers, network cards, and what a web page shows."""

from datetime import date

import pytest

from vigie.domain.evidence.printers import Device
from vigie.knowledge.network import card_maker, made_by, maker_in, makers, settings_of, sold_with
from vigie.knowledge.network.products import Lists, exploited_in, releases_in
from vigie.knowledge.network.shown import (
    Field,
    Form,
    Shown,
    asks,
    counts_failures,
    hints,
    lets_in,
    proves,
    worth_following,
)

NETWORK = Form(
    method="post",
    action="/apply",
    fields=(
        Field(name="IPAddress", kind="text", label="IP Address"),
        Field(name="Gateway", kind="text", label="Default Gateway"),
    ),
    submits=True,
)
LOGIN = Form(
    method="post",
    action="/login",
    fields=(Field(name="user", kind="text"), Field(name="pw", kind="password")),
    submits=True,
)


def page(*forms: Form, text: str = "", **more: object) -> Shown:
    return Shown(**{"status": 200, "path": "/net.html", "forms": forms, "text": text, **more})  # type: ignore[arg-type]


def test_a_maker_is_known_by_its_own_words_and_not_inside_others() -> None:
    assert maker_in("HP LaserJet M404").name == "HP"  # type: ignore[union-attr]
    assert maker_in("", "Brother NC-8300h").name == "Brother"  # type: ignore[union-attr]
    assert maker_in("PHP 8.2", "chp 3") is None
    assert maker_in("nothing of anybody") is None


def test_a_made_up_network_address_tells_no_maker() -> None:
    assert card_maker("00:80:77:01:02:03") == "Brother"
    assert card_maker("02:80:77:01:02:03") == ""
    assert card_maker("") == ""


def test_every_maker_of_a_table_is_a_maker() -> None:
    names = {maker.name for maker in makers()}
    assert made_by("HP") is not None
    assert all(settings_of(name) is not None for name in names)
    assert sold_with("TP-Link") == ("admin", "admin")
    assert sold_with("nobody") == ("admin", "admin")


def test_no_settings_path_does_anything() -> None:
    acting = ("reboot", "reset", "apply", "save", "print", "delete", "upgrade", "action=set")
    paths = [p.lower() for m in makers() for row in settings_of(m.name) for p in row.paths]
    paths = [p.replace("printer", "").replace("printservices", "") for p in paths]
    assert [p for p in paths if any(word in p for word in acting)] == []


def test_settings_at_the_makers_own_path_are_a_proof() -> None:
    assert proves(page(NETWORK), (), nowhere=page(status=404))


@pytest.mark.parametrize(
    "shut",
    [
        page(NETWORK, status=401),
        page(LOGIN),
        page(NETWORK, path="/login.html"),
        page(NETWORK, text="please log in to change these settings"),
        page(NETWORK, text="connectez-vous pour modifier"),
        page(NETWORK, links=(("/signin", "Sign In"),)),
        page(text="ip address 192.168.1.9"),
        page(NETWORK, away=True),
        page(Form(method="get", action="", fields=(Field(name="q", kind="text"),), submits=True)),
        page(Form(method="post", action="", fields=NETWORK.fields, submits=False)),
    ],
)
def test_what_may_ask_for_a_password_proves_nothing(shut: Shown) -> None:
    assert not proves(shut, (), nowhere=page(status=404))


def test_a_device_that_answers_the_same_everywhere_proves_nothing() -> None:
    assert not proves(page(NETWORK), (), nowhere=page(NETWORK, path="/nowhere"))


def test_a_login_and_a_registration_are_no_hints() -> None:
    fresh = Form(
        method="post",
        action="",
        fields=(Field(name="newpassword", kind="password"), Field(name="confirm", kind="password")),
        submits=True,
    )
    assert hints(page(NETWORK))
    assert not hints(page(LOGIN))
    assert not hints(page(fresh))


def test_a_secret_that_is_typed_in_the_open_is_a_login_too() -> None:
    pin = Form(method="post", action="", fields=(Field(name="pincode", kind="text"),), submits=True)
    assert pin.logs_in
    assert asks(page(pin))


def test_links_that_may_do_something_are_not_followed() -> None:
    links = (
        ("/network.html", "Network"),
        ("/reboot.cgi", "Network reboot"),
        ("/config?action=reset", "Config"),
        ("/config/print_test", "Configuration page"),
        ("/login", "Admin"),
        ("/about", "About"),
    )
    assert worth_following(page(links=links)) == ("/network.html",)


@pytest.mark.parametrize(
    "text",
    ["2 attempts remaining", "Plus que 3 tentatives restantes", "account locked", "Konto gesperrt"],
)
def test_a_device_that_counts_is_left_alone(text: str) -> None:
    assert counts_failures(text)
    assert not counts_failures("Status: Ready. 3 jobs.")


def test_a_refusal_in_disguise_lets_nobody_in() -> None:
    before = page(LOGIN, text="box")
    assert lets_in(page(text="bienvenue, état de la ligne", path="/login.cgi"), before)
    assert not lets_in(page(text="mot de passe incorrect"), before)
    assert not lets_in(page(LOGIN, text="login failed"), before)
    assert not lets_in(page(text="ok"), before)


OLD = [{"cycle": "9.6", "eol": "2021-11-11"}, {"cycle": "15", "eol": "2027-11-11"}]
NEW = {"result": {"label": "Windows", "releases": [{"name": "7", "eolFrom": "2020-01-14"}]}}


def device(*software: str, maker: str = "", model: str = "") -> Device:
    return Device(address="192.168.1.9", network="", software=software, maker=maker, model=model)


def test_an_ended_version_is_named_and_a_living_one_is_not() -> None:
    lists = Lists(releases=(*releases_in("postgresql", OLD), *releases_in("", NEW)))
    today = date(2026, 11, 25)
    assert [f.product for f in lists.flaws(device("PostgreSQL 9.6"), today)] == ["postgresql 9.6"]
    assert lists.flaws(device("PostgreSQL 15.4"), today) == ()
    assert lists.flaws(device("PostgreSQL 9.61"), today) == ()
    assert [f.ends for f in lists.flaws(device("Windows 7"), today)] == ["2020-01-14"]


def test_a_known_flaw_needs_the_vendor_and_the_product() -> None:
    kev = {
        "vulnerabilities": [
            {
                "vendorProject": "Zyxel",
                "product": "VMG4325 Router",
                "knownRansomwareCampaignUse": "Known",
            },
            {"vendorProject": "Zyxel", "product": "Multiple Firewalls"},
        ]
    }
    lists = Lists(exploited=exploited_in(kev))
    (flaw,) = lists.flaws(device(maker="Zyxel", model="Zyxel VMG4325"), date(2026, 11, 25))
    assert (flaw.flaws, flaw.ransomware) == (1, 1)
    assert lists.flaws(device(maker="Zyxel", model="NAS326"), date(2026, 11, 25)) == ()


@pytest.mark.parametrize("table", [None, [], {}, {"result": 3}, {"vulnerabilities": "x"}, "x"])
def test_what_is_no_list_is_refused_or_empty(table: object) -> None:
    with pytest.raises(ValueError, match="not"):
        exploited_in(table)
    try:
        assert releases_in("x", table) == ()
    except ValueError:
        assert table != []
