"""Settings pages written after the rules were frozen: what is called proven, and what it is.

    python benchmarks/network/pages.py

Each case is a small web server on loopback: its pages by path, whether a stranger may really change
something there, and what makes it hard. They were written from what makers' pages look like, before
anything was run on them; a rule that is changed because of one of them spoils the set.
"""

import http.server
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from vigie.routines.rehearsals import small_lan  # noqa: F401  (says early that Vigie is missing)


@dataclass(frozen=True)
class Case:
    """One device: `open` says that anybody may change its settings."""

    title: str
    open: bool
    pages: Mapping[str, str]
    status: Mapping[str, int] | None = None
    server: str = "lighttpd"


def _p(title: str, body: str) -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>"


_HP_NET = _p(
    "HP LaserJet M402dn",
    "<h1>HP LaserJet M402dn</h1><form name=f method=post action='/set_config_networkIPv4.html/config'>"
    "<label for=a>Manual IP Address</label><input id=a name=IPv4Address value=10.0.0.9>"
    "<label for=b>Manual Subnet Mask</label><input id=b name=Mask><input type=submit value=Apply></form>",
)
_KYO = _p("KYOCERA ECOSYS P3145dn", "<frameset><frame src='/startwlm/Start_Wlm.htm'></frameset>")
_LOGIN_TOP = "<div class=top><form action=/general/status.html method=post>Login <input type=password name=B12a><input type=submit value='&rarr;'></form></div>"
CASES = (
    Case("HP, no password set", True, {"/": _p("HP LaserJet M402dn", "<a href='/set_config_networkIPv4.html'>Networking</a>"), "/set_config_networkIPv4.html": _HP_NET}),
    Case("HP, password set: the page asks by 401", False, {"/": _p("HP LaserJet M402dn", "<a href='/set_config_networkIPv4.html'>Networking</a> <a href='/hp/device/SignIn/Index'>Sign In</a>"), "/set_config_networkIPv4.html": ""}, {"/set_config_networkIPv4.html": 401}),
    Case("HP FutureSmart, sign-in page for every inner path, with 200", False, {"/": _p("HP Color LaserJet MFP M480", "Device Status Ready"), "*": _p("Sign In - HP Color LaserJet MFP M480", "<h2>Sign In</h2><form method=post action='/hp/device/SignIn/Index'><select name=agent><option>Local Device</option></select><input type=password name=PasswordTextBox><input type=submit name=signInOk value='Sign In'></form>")}),
    Case("Brother of 2012, network status only", False, {"/": _p("Brother MFC-7860DW series", "<a href='/net/net/net.html'>Network Configuration</a>"), "/net/net/net.html": _p("Brother MFC-7860DW series", "<h2>Network Status</h2><dl><dt>IP Address</dt><dd>192.168.1.9</dd></dl>Brother Industries")}),
    Case("Brother of 2016, login box above open-looking pages", False, {"/": _p("Brother HL-L5100DN series", _LOGIN_TOP + "<a href='/general/status.html'>Status</a>"), "/net/wired/tcpip.html": _p("Brother HL-L5100DN series", _LOGIN_TOP + "Please log in")}),
    Case("Brother, no password ever set", True, {"/": _p("Brother DCP-L2530DW series", "<a href='/net/wired/tcpip.html'>TCP/IP</a>"), "/net/wired/tcpip.html": _p("Brother DCP-L2530DW series", "<form method=post action='/net/wired/tcpip.html'><dl><dt>Boot Method</dt><dd><select name=B1><option>Auto</select></dd><dt>IP Address</dt><dd><input type=text name=B2></dd><dt>Gateway</dt><dd><input name=B3></dd></dl><input type=submit value=Submit></form>")}),
    Case("Epson Web Config, advanced settings open", True, {"/": _p("EPSON WF-4820 Series", "<a href='/PRESENTATION/ADVANCED/COMMON/TOP'>Advanced</a>"), "/PRESENTATION/ADVANCED/COMMON/TOP": _p("EPSON WF-4820 Series", "<form method=post action='./SET'><table><tr><td>Device Name</td><td><input name=INPUTT_DEVNAME></td></tr><tr><td>Obtain IP Address</td><td><select name=SEL_IP><option>Auto</select></td></tr></table><input type=submit value=OK></form>")}),
    Case("Epson Web Config, administrator login wanted", False, {"/": _p("EPSON WF-4820 Series", "Product Status"), "/PRESENTATION/ADVANCED/COMMON/TOP": _p("EPSON WF-4820 Series", "<p>Administrator Login</p><form method=post action='/PRESENTATION/PSWD'><table><tr><td>User Name</td><td><input name=INPUTT_USERNAME></td></tr><tr><td>Current password</td><td><input type=password name=INPUTT_PASSWORD></td></tr></table><input type=submit value=OK></form>")}),
    Case("Kyocera, frames, inside needs a login by script", False, {"/": _KYO, "/startwlm/Start_Wlm.htm": _p("Command Center RX", "<form name=frmLogin action='/startwlm/login.cgi' method=post>User Name <input name=arg01_UserName> Password <input type=password name=arg02_Password><input type=submit value=Login></form>")}),
    Case("Kyocera FS, settings open", True, {"/": _p("KYOCERA FS-1370DN", "<a href='/basic/NetTcp.htm'>TCP/IP</a>"), "/basic/NetTcp.htm": _p("KYOCERA FS-1370DN", "<form action='/basic/set.cgi' method=post>IP Address: <input name=arg1>, Subnet Mask: <input name=arg2> Domain <input name=arg3><input type=button value=Submit onclick=go()></form>")}),
    Case("Lexmark, settings page shown dead until login", False, {"/": _p("Lexmark MS621dn", "<a href='/cgi-bin/dynamic/config/gen/tcpip.html'>Settings</a>"), "/cgi-bin/dynamic/config/gen/tcpip.html": _p("Lexmark MS621dn", "<form method=post action=/x><fieldset disabled>Address <input name=ip><br>Netmask <input name=mask></fieldset><input type=submit value=Save disabled></form>")}),
    Case("Xerox, properties open", True, {"/": _p("XEROX WorkCentre 3335", "<a href='/properties/securitySetup.php'>Properties</a>"), "/properties/securitySetup.php": _p("XEROX WorkCentre 3335", "<form method=POST action='/dummypost/x.php'><label>SNMP Community (GET) <input name=ro></label><label>SNMP Community (SET) <input name=rw></label><button>Apply</button></form>")}),
    Case("Xerox, answers every path with its front page", False, {"/": _p("XEROX VersaLink C405", "<div id=app></div><form action=/search><input name=q><input type=submit></form>"), "*": _p("XEROX VersaLink C405", "<div id=app></div><form action=/search><input name=q><input type=submit></form>")}),
    Case("TP-Link, 401 for everything", False, {"/": "", "*": ""}, {"/": 401, "*": 401}),
    Case("TP-Link, authorisation off", True, {"/": _p("TL-WR740N", "TP-LINK <a href='/userRpm/WanCfgRpm.htm'>WAN</a>"), "/userRpm/WlanNetworkRpm.htm": _p("TL-WR740N TP-LINK", "<form action=WlanNetworkRpm.htm method=get>SSID: <input name=ssid1 value=cabinet> Channel <select name=channel><option>6</select><input type=submit name=Save value=Save></form>")}),
    Case("Netgear, login form in a frame", False, {"/": _p("NETGEAR R7000", "<frameset><frame src='/login.html'></frameset>"), "/login.html": _p("NETGEAR", "<form method=post action=/login.cgi>Password <input name=password type=password><input type=submit></form>"), "/BAS_basic.htm": _p("NETGEAR R7000", "<script>top.location='/login.html'</script>")}),
    Case("Foscam, users page open", True, {"/": _p("IPCam Client", "Foscam"), "/user.htm": _p("Foscam user", "<form method=post action='/set_users.cgi'>User 1 <input name=user1> Password <input type=password name=pwd1> User 2 <input name=user2><input type=password name=pwd2> <select name=pri1><option>Visitor</select> Confirm admin password <input type=password name=confirm><input type=submit value=Submit></form>")}),
    Case("NAS with its usual login, JSON elsewhere", False, {"/": _p("DiskStation - Synology DiskStation", "<div id=sds-login></div><script src=/webman/sds.js></script>"), "*": '{"error":{"code":119},"success":false}'}),
    Case("a practice's own web page with a contact form", False, {"/": _p("Cabinet médical", "<form method=post action=/contact>Nom <input name=nom> Adresse <input name=adresse> Message <textarea name=m></textarea><input type=submit value=Envoyer></form>")}),
    Case("patient software: search, then a registration", False, {"/": _p("Agenda", "<form method=post action=/inscription>Courriel <input type=email name=mail> Nouveau mot de passe <input type=password name=p1> Confirmer <input type=password name=p2><input type=submit></form>")}),
    Case("unknown box, settings in French for anybody", True, {"/": _p("Passerelle", "<a href='/reglages/reseau'>Réglages du réseau</a>"), "/reglages/reseau": _p("Réseau", "<form method=post action=/reglages/reseau><label>Adresse IP <input name=a></label><label>Masque <input name=b></label><label>Passerelle <input name=c></label><button type=submit>Enregistrer</button></form>")}),
    Case("unknown box, settings shown, changing needs a login", False, {"/": _p("Passerelle", "<a href='/reglages/reseau'>Réglages du réseau</a>"), "/reglages/reseau": _p("Réseau", "<p>Identifiez-vous pour modifier ces réglages.</p><form method=post action=/x><label>Adresse IP <input name=a></label><label>Masque <input name=b></label><button type=submit>Enregistrer</button></form>")}),
    Case("Canon Remote UI, general user without password", True, {"/": _p("Remote UI: Portal Page: MF640C Series: Canon", "<a href='/m_network.html'>Settings</a>"), "/m_network_tcpip.html": _p("Remote UI: TCP/IP Settings: Canon", "<form method=post action=/cgi><table><tr><th>Host Name</th><td><input name=i0010></td></tr><tr><th>Primary DNS Server Address</th><td><input name=i0011></td></tr></table><input type=submit value=OK></form>")}),
    Case("Ricoh, guest sees settings, entry wants a login", False, {"/": _p("Web Image Monitor", "RICOH IM C2500 <a href='/web/guest/fr/websys/webArch/authForm.cgi'>Connexion</a> <a href='/web/guest/fr/websys/netw/tcpip.cgi'>Réseau</a>"), "/web/guest/fr/websys/netw/tcpip.cgi": _p("Web Image Monitor", "<a href='/web/guest/fr/websys/webArch/authForm.cgi'>Connexion</a><table><tr><td>Adresse IPv4</td><td>192.168.1.9</td></tr></table>")}),
)  # fmt: skip


def served(case: Case, address: str) -> http.server.ThreadingHTTPServer:
    """Serve one case at an address of loopback."""

    class Device(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"
        server_version = case.server

        def do_GET(self) -> None:
            path = self.path
            known = path if path in case.pages else "*" if "*" in case.pages else None
            status = (case.status or {}).get(known or "", 200) if known else 404
            content = case.pages.get(known or "", "").encode()
            self.send_response(status)
            if status == 401:
                self.send_header("WWW-Authenticate", f'Basic realm="{case.title}"')
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer((address, 8088), Device)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> None:
    """Scan every case and print how sure Vigie was, and whether it was right."""
    last = socket.inet_aton("127.88.0.0")[:3]
    servers = [served(case, socket.inet_ntoa(last + bytes([n]))) for n, case in enumerate(CASES, 1)]
    ran = subprocess.run(
        [sys.executable, "-m", "vigie.cli", "scan", "network", "127.88.0.0/27", "--json", "--forget"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = {}
    for row in map(json.loads, ran.stdout.splitlines()):
        facts = {finding["fact"] for finding in row["findings"]}
        said[row["input"]] = facts & {"settings_open", "settings_to_check"}
    for server in servers:
        server.shutdown()
    proven = right = found = false = 0
    for number, case in enumerate(CASES, 1):
        facts = said.get(f"127.88.0.{number}", set())
        sure = "settings_open" in facts
        proven, right = proven + sure, right + (sure and case.open)
        found, false = found + bool(facts and case.open), false + bool(facts and not case.open)
        print(f"{'open' if case.open else 'shut':5} {', '.join(facts) or '–':18} {case.title}")
    really = sum(case.open for case in CASES)
    print(
        f"proven {proven}, of them right {right}; open {really}, found {found}; accused wrongly {false}"
    )


if __name__ == "__main__":
    main()
