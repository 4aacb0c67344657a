"""Mail domains: where anybody may have a mailbox, and which routes are made for health data.

Sources: the providers' own pages; MSSanté addresses end in `mssante.fr` (esante.gouv.fr, FAQ
MSSanté) or in a domain of the national white list; HIN addresses end in `hin.ch` (hin.ch).
Belgium's eHealthBox has no mail addresses. Read on 2026-11-25.
"""

from vigie.knowledge import domains

# Mailboxes that anybody has: one person's, or one household's, never an institution's.
_WEBMAIL_WORDS = """
    gmail.com googlemail.com yahoo.com yahoo.fr yahoo.de yahoo.it yahoo.co.uk yahoo.ca ymail.com
    rocketmail.com hotmail.com hotmail.fr hotmail.de hotmail.it hotmail.be hotmail.ch
    hotmail.co.uk outlook.com outlook.fr outlook.de outlook.be outlook.it live.com live.fr
    live.be live.de live.nl live.it msn.com icloud.com me.com mac.com aol.com aol.fr aol.de
    gmx.com gmx.fr gmx.ch gmx.de gmx.net gmx.at web.de t-online.de freenet.de mail.com mail.ru
    yandex.com yandex.ru protonmail.com protonmail.ch proton.me pm.me tutanota.com tuta.io
    laposte.net orange.fr wanadoo.fr free.fr sfr.fr neuf.fr bbox.fr numericable.fr
    club-internet.fr aliceadsl.fr libertysurf.fr cegetel.net 9online.fr voila.fr noos.fr
    bluewin.ch sunrise.ch hispeed.ch netplus.ch vtxnet.ch infomaniak.ch ik.me romandie.com
    skynet.be telenet.be proximus.be scarlet.be voo.be belgacom.net base.be pt.lu internet.lu
    vo.lu libero.it virgilio.it alice.it tiscali.it tin.it ziggo.nl kpnmail.nl hetnet.nl
    xs4all.nl planet.nl home.nl
"""
WEBMAIL = frozenset(_WEBMAIL_WORDS.split()) | domains.WEBMAIL

# Domains under which a message travels between professionals, encrypted by the system itself.
SECURE = frozenset({"mssante.fr", "hin.ch", "apicrypt.org", "apicrypt.fr", "lifen.fr"})


def parent(domain: str, places: frozenset[str]) -> str:
    """Return which of `places` a domain is, or lies under; an empty text for none."""
    return next((d for d in sorted(places) if domain == d or domain.endswith(f".{d}")), "")


def secure(domain: str) -> bool:
    """Return whether a domain is a route made for health data."""
    return bool(parent(domain, SECURE))


def webmail(domain: str) -> bool:
    """Return whether anybody may have a mailbox at a domain."""
    return domain in WEBMAIL
