"""Web pages as devices serve them: settings that lie open, and ten ways of keeping them shut."""

import base64
import random
from collections.abc import Mapping

from imitations import Answered, Asked, Counted

# Maker → (what its front page says, a place where it keeps settings).
MAKERS = {
    "HP": ("HP LaserJet Pro M404dn", "/set_config_networkIPv4.html"),
    "Brother": ("Brother HL-L2350DW series", "/net/wired/tcpip.html"),
    "Kyocera": ("KYOCERA ECOSYS M2540dn Command Center RX", "/basic/NetTcp.htm"),
    "Lexmark": ("Lexmark MS521dn", "/cgi-bin/dynamic/config/gen/tcpip.html"),
    "Xerox": ("XEROX WorkCentre 6515", "/proptcpip.htm"),
    "TP-Link": ("TP-LINK Wireless N Router WR841N", "/userRpm/WanCfgRpm.htm"),
    "Netgear": ("NETGEAR Router R6400", "/BAS_basic.htm"),
    "Foscam": ("Foscam IPCam Client", "/network.htm"),
}


def _page(title: str, body: str) -> str:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


def _form(rng: random.Random, *, dead: bool = False) -> str:
    rows = [
        ("IPAddress", "IP Address"), ("SubnetMask", "Subnet Mask"), ("Gateway", "Default Gateway"),
        ("HostName", "Host Name"), ("DNS1", "Primary DNS"), ("SNMPcommunity", "SNMP community"),
    ]  # fmt: skip
    chosen = rng.sample(rows, rng.randint(3, 6))
    shut = " disabled" if dead else ""
    fields = "".join(
        f"<tr><td>{label}</td><td><input type=text name={name}{shut}></td></tr>"
        for name, label in chosen
    )
    button = "" if dead else "<input type=submit value=Apply>"
    return f"<form method=post action=/apply.cgi><table>{fields}</table>{button}</form>"


def _login(rng: random.Random) -> str:
    name = rng.choice(["<input type=text name=user>", ""])
    word = rng.choice(["Login", "Connexion", "Anmelden", "OK"])
    return f"<form method=post action=/login.cgi>{name}<input type=password name=pw><input type=submit value={word}></form>"


def _refusing(counted: Counted, address: str, method: str) -> None:
    if method not in {"GET", "HEAD"}:
        counted.changes[address] += 1


def settings_open(rng: random.Random, maker: str, counted: Counted, address: str) -> Asked:
    """A maker's pages, its settings at its own path, for anybody."""
    says, place = MAKERS[maker]

    def ask(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answered:
        _refusing(counted, address, method)
        if path == "/":
            return Answered(body=_page(says, f"<h1>{says}</h1><a href='{place}'>Network</a> Ready"))
        if path == place:
            return Answered(body=_page(f"{says} - Network", _form(random.Random(address))))
        return Answered(status=404, body=_page("404", "Not found"))

    return ask


def settings_of_nobody(rng: random.Random, counted: Counted, address: str) -> Asked:
    """A device of an unknown maker whose settings anybody may change."""
    place = rng.choice(["/cfg_net.htm", "/reseau/parametres", "/setup/lan", "/einstellungen.html"])

    def ask(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answered:
        _refusing(counted, address, method)
        if path == "/":
            return Answered(
                body=_page(
                    "Device",
                    f"<a href='{place}'>Network settings</a><a href='/reboot.cgi'>Reboot</a>",
                )
            )
        if path == "/reboot.cgi":
            counted.changes[address] += 1
        if path == place:
            return Answered(body=_page("Network", _form(random.Random(address))))
        return Answered(status=404, body="")

    return ask


SHUT = (
    "login_200", "basic", "login_everywhere", "front_everywhere", "read_only", "redirect", "status_only",
    "login_box_on_top", "search_only", "script",
)  # fmt: skip


def shut(rng: random.Random, way: str, maker: str, counted: Counted, address: str) -> Asked:  # noqa: C901
    """A maker's pages whose settings are kept shut in one of ten ways."""
    says, place = MAKERS[maker]
    login = _login(rng)

    def ask(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answered:  # noqa: C901, PLR0911, PLR0912
        if method == "POST":
            counted.passwords[address] += 1
            return Answered(body=_page(says, f"Incorrect {login}"))
        if "authorization" in headers:
            counted.passwords[address] += 1
        front = _page(says, f"<h1>{says}</h1><a href='{place}'>Network</a> Ready")
        if way == "basic":
            challenge = (("WWW-Authenticate", f'Basic realm="{says}"'),)
            return Answered(status=401, body=_page("401", "Unauthorized"), headers=challenge)
        if way == "login_everywhere":
            return Answered(body=_page(says, login))
        if way == "front_everywhere":
            return Answered(body=front)
        if path == "/" and way == "login_200":
            return Answered(body=_page(says, login))
        if path == "/" and way == "search_only":
            return Answered(
                body=_page(says, "<form action=/find><input name=q><input type=submit></form>Ready")
            )
        if path == "/" and way == "script":
            return Answered(body=_page(says, "<div id=app></div><script src=/app.js></script>"))
        if path == "/":
            return Answered(body=front)
        if path == place and way in {"login_200", "search_only"}:
            return Answered(body=_page(says, f"Please log in {login}"))
        if path == place and way == "read_only":
            return Answered(body=_page(says, _form(rng, dead=True)))
        if path == place and way == "redirect":
            return Answered(status=302, headers=(("Location", "/login.html?next=1"),))
        if path == place and way == "status_only":
            return Answered(body=_page(says, "IP Address 192.168.1.9 Subnet Mask 255.255.255.0"))
        if path == place and way == "login_box_on_top":
            return Answered(body=_page(says, f"{login}<p>IP Address: 192.168.1.9</p>"))
        if path == "/login.html?next=1":
            return Answered(body=_page("Login", login))
        return Answered(status=404, body=_page("404", "Not found"))

    return ask


def box_with_password(
    rng: random.Random,
    name: str,
    secret: str,
    maker: str,
    counted: Counted,
    address: str,
    *,
    form: bool,
) -> Asked:
    """A box that lets in whoever knows its password, by Basic or by a form."""
    says, place = MAKERS[maker]
    good = "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()

    def inside() -> Answered:
        return Answered(
            body=_page(says, f"<a href=/logout>Logout</a>{_form(random.Random(address))}"),
            headers=(("Set-Cookie", "sid=1"),),
        )

    def ask(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answered:
        if not form:
            if headers.get("authorization") == good:
                return inside()
            counted.passwords[address] += "authorization" in headers
            return Answered(status=401, headers=(("WWW-Authenticate", f'Basic realm="{says}"'),))
        if method == "POST" and path == "/login.cgi":
            if f"user={name}" in body.decode() and f"pw={secret}" in body.decode():
                return inside()
            counted.passwords[address] += 1
            return Answered(body=_page(says, "Wrong password " + form_body))
        if path == "/":
            return Answered(body=_page(says, form_body))
        return Answered(status=302, headers=(("Location", "/"),))

    form_body = (
        "<form method=post action=/login.cgi><input type=text name=user><input type=password name=pw>"
        "<input type=submit></form>"
    )
    del place
    return ask
