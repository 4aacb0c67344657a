"""The open printer, and every other door on the practice's network that stands open."""

from collections.abc import Iterator, Mapping, Sequence

from vigie.domain.evidence.printers import (
    Answer,
    DataAged,
    Device,
    DeviceGone,
    DeviceSeen,
    Door,
    Flaw,
    Tried,
)
from vigie.domain.finding import Finding, Gravity
from vigie.domain.guard import Guard

# A way in from the Internet is used within hours, whoever the practice is; the others need
# somebody in the waiting room or a program inside.
FACTS: Mapping[Door, tuple[str, Gravity]] = {
    Door.IPP: ("prints_for_anybody", Gravity.CONCERN),
    Door.RAW: ("raw_printing_open", Gravity.CONCERN),
    Door.LPD: ("lpd_open", Gravity.CONCERN),
    Door.SETTINGS: ("settings_open", Gravity.CONCERN),
    Door.DEFAULT_PASSWORD: ("default_password", Gravity.CONCERN),
    Door.TELNET: ("telnet_open", Gravity.CONCERN),
    Door.FTP: ("ftp_open", Gravity.CONCERN),
    Door.FTP_ANONYMOUS: ("ftp_anonymous", Gravity.CONCERN),
    Door.SNMP_PUBLIC: ("snmp_public", Gravity.CONCERN),
    Door.SNMP_PRIVATE: ("snmp_private", Gravity.CONCERN),
    Door.SHARE_READ: ("folder_readable", Gravity.CONCERN),
    Door.SHARE_WRITE: ("folder_writable", Gravity.CONCERN),
    Door.SMB1: ("old_sharing", Gravity.CONCERN),
    Door.REMOTE_DESKTOP: ("remote_desktop_open", Gravity.CONCERN),
    Door.SCREEN: ("screen_open", Gravity.CONCERN),
    Door.CAMERA: ("camera_open", Gravity.CONCERN),
    Door.DATABASE: ("database_open", Gravity.CONCERN),
    Door.FILES: ("files_open", Gravity.CONCERN),
    Door.CONTROL: ("control_open", Gravity.CONCERN),
    Door.UPNP: ("box_obeys_anybody", Gravity.CONCERN),
    Door.NAT_PMP: ("box_obeys_nat_pmp", Gravity.CONCERN),
    Door.MAPPING: ("open_to_internet", Gravity.ALARM),
    Door.OUTSIDE: ("open_to_internet", Gravity.ALARM),
}
NIGHT_JOB = 1  # pages: a device that wakes up prints none by itself
AGED = 30  # days: CISA's catalogue grows by several flaws a week

Seen = DeviceSeen | DeviceGone | DataAged


def judge(seen: Sequence[Seen]) -> Iterator[Finding]:
    """Given sights of the network, the newest last, say what stands open and what changed."""
    newest = seen[-1]
    if isinstance(newest, DataAged):
        yield from _aged(newest)
    elif isinstance(newest, DeviceGone):
        clues = _clues(newest.device, newest.called)
        yield Finding(gravity=Gravity.NOTE, fact="device_gone", clues=clues)
    else:
        yield from _open(newest)
        yield from _unread(newest)
        yield from _changed(newest)
        yield from (_flaw(newest, flaw) for flaw in newest.flaws if flaw.ended or flaw.flaws)


def fact_of(tried: Tried) -> tuple[str, Gravity]:
    """Return what is said of an open door, and how grave it is."""
    if tried.answer is Answer.UNSURE:
        return "settings_to_check", Gravity.CONCERN
    return FACTS[tried.door]


def stands_open(tried: Tried) -> bool:
    """Return whether something is said of this door."""
    return tried.answer is Answer.OPEN or (
        tried.answer is Answer.UNSURE and tried.door is Door.SETTINGS
    )


def _open(seen: DeviceSeen) -> Iterator[Finding]:
    for tried in filter(stands_open, seen.device.tried):
        fact, gravity = fact_of(tried)
        yield Finding(
            gravity=gravity,
            fact=fact,
            numbers=dict(tried.numbers) or {"port": tried.port},
            clues={
                **_clues(seen.device, seen.called),
                "subject": " ".join(
                    (seen.device.identity, tried.door, str(tried.port), tried.about)
                ).strip(),
                "about": tried.about,
                "within": tried.about.rpartition("→ ")[2],
                "proof": tried.said,
                "certainty": "proven" if tried.answer is Answer.OPEN else "to_check",
            },
        )


def _unread(seen: DeviceSeen) -> Iterator[Finding]:
    for port in seen.device.unread:
        clues = _clues(seen.device, seen.called) | {"subject": f"{seen.device.identity} {port}"}
        yield Finding(gravity=Gravity.NOTE, fact="door_unread", numbers={"port": port}, clues=clues)


def _changed(seen: DeviceSeen) -> Iterator[Finding]:
    clues = _clues(seen.device, seen.called)
    if seen.before is None:
        if not seen.first:
            yield Finding(gravity=Gravity.NOTE, fact="device_new", clues=clues)
        return
    today = {tried.key: tried for tried in seen.device.tried}
    unread = set(seen.device.unread)
    for was in filter(stands_open, seen.before.tried):
        now = today.get(was.key)
        if (now and stands_open(now)) or was.port in unread:
            continue
        fact, _ = fact_of(was)
        more = {"weakness": fact, "about": was.about, "subject": f"{clues['subject']} {was.key}"}
        yield Finding(
            gravity=Gravity.NOTE,
            fact="door_closed",
            numbers={"port": was.port},
            clues=clues | more,
        )
    yield from _printed(seen, seen.before, clues)


def _printed(seen: DeviceSeen, before: Device, clues: Mapping[str, str]) -> Iterator[Finding]:
    counted = before.pages_after if before.pages_after is not None else before.pages
    if not seen.closed or counted is None or seen.device.pages is None:
        return
    pages = seen.device.pages - counted
    if pages >= NIGHT_JOB:
        yield Finding(
            gravity=Gravity.CONCERN,
            fact="printed_while_closed",
            numbers={"pages": pages},
            clues=clues,
        )


def _flaw(seen: DeviceSeen, flaw: Flaw) -> Finding:
    clues = _clues(seen.device, seen.called)
    more = {"product": flaw.product, "ends": flaw.ends, "subject": f"{clues['subject']} {flaw}"}
    if flaw.ended:
        return Finding(gravity=Gravity.CONCERN, fact="support_ended", clues=clues | more)
    return Finding(
        gravity=Gravity.CONCERN,
        fact="flaws_exploited",
        numbers={"flaws": flaw.flaws, "ransomware": flaw.ransomware},
        clues=clues | more,
    )


def _aged(data: DataAged) -> Iterator[Finding]:
    clues = {"subject": data.which, "which": data.which}
    if data.days is None:
        yield Finding(gravity=Gravity.NOTE, fact="network_data_missing", clues=clues)
    elif data.days > AGED:
        yield Finding(
            gravity=Gravity.NOTE,
            fact="network_data_old",
            numbers={"days": data.days},
            clues=clues,
        )


def _clues(device: Device, called: str) -> dict[str, str]:
    return {
        "subject": device.identity,
        "device": called,
        "address": device.address,
        "maker": device.maker,
    }


GUARD = Guard(watches=Seen, judge=judge)
