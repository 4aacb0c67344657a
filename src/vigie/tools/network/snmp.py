"""SNMP by pysnmp's message coder: reading only, one socket for a whole network.

No value is ever set: a community that reads is asked for what it reads, and no more.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from pyasn1.codec.ber import decoder, encoder
from pyasn1.error import PyAsn1Error
from pysnmp.proto import api
from pysnmp.proto.error import ProtocolError

from vigie.tools.network import datagrams

PORT = 161
COMMUNITIES = ("public", "private")
DESCRIPTION, OBJECT, NAME = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0", "1.3.6.1.2.1.1.5.0"
# prtMarkerLifeCount (RFC 3805): pages over the life of the first marker.
PAGES = "1.3.6.1.2.1.43.10.2.1.4.1.1"
_DEVICE = "1.3.6.1.2.1.25.3.2.1.3.1"  # hrDeviceDescr (RFC 2790): the model, of printers
_FIRST = (DESCRIPTION, OBJECT, NAME)
_VERSIONS = (1, 0)  # 2c before 1, as they stand in the message
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one device told to those communities it answered."""

    communities: Mapping[str, int] = field(default_factory=dict)  # community → version
    values: Mapping[str, str] = field(default_factory=dict)  # object → value

    @property
    def pages(self) -> int | None:
        """Return the pages printed in its life, None where it counts none."""
        counted = self.values.get(PAGES, "")
        return int(counted) if counted.isdigit() else None

    @property
    def model(self) -> str:
        """Return the model a printer names."""
        return self.values.get(_DEVICE, "")


async def told(
    addresses: Iterable[str],
    wanted: Callable[[str], bool],
    *,
    seconds: float,
    port: int = PORT,
) -> dict[str, Told]:
    """Ask every address as `public` and as `private`; return what those that answered told."""
    asked = [
        (address, port, _question(version, community, _FIRST))
        for community in COMMUNITIES
        for version in _VERSIONS
        for address in addresses
    ]
    heard = await datagrams.ask(asked, wanted, seconds=seconds, rounds=2)
    found: dict[str, Told] = {}
    for one in heard:
        answer = _answer(one.content)
        if one.port != port or answer is None or not answer.values:
            continue
        before = found.get(one.address, Told())
        found[one.address] = Told(
            communities={answer.community: answer.version} | dict(before.communities),
            values={**answer.values, **before.values},
        )
    return await _with_pages(found, wanted, port)


async def _with_pages(
    found: Mapping[str, Told], wanted: Callable[[str], bool], port: int
) -> dict[str, Told]:
    """Ask those that answered for their model and their counter, one object a question."""
    asked = [
        (address, port, _question(version, community, (name,)))
        for address, told_ in found.items()
        for community, version in list(told_.communities.items())[:1]
        for name in (PAGES, _DEVICE)
    ]
    result = dict(found)
    for one in await datagrams.ask(asked, wanted, seconds=0.4, rounds=2) if asked else ():
        answer = _answer(one.content)
        if answer and one.address in result:
            before = result[one.address]
            result[one.address] = Told(
                communities=before.communities, values={**before.values, **answer.values}
            )
    return result


async def pages(
    known: Mapping[str, Told], wanted: Callable[[str], bool], port: int = PORT
) -> dict[str, int]:
    """Return the counters of those that told one before, read once more."""
    counting = {a: Told(communities=t.communities) for a, t in known.items() if t.pages is not None}
    again = await _with_pages(counting, wanted, port) if counting else {}
    return {address: t.pages for address, t in again.items() if t.pages is not None}


@dataclass(frozen=True, slots=True)
class _Answer:
    version: int
    community: str
    values: Mapping[str, str]


def _question(version: int, community: str, names: Iterable[str]) -> bytes:
    module = api.PROTOCOL_MODULES[version]
    question = module.GetRequestPDU()
    module.apiPDU.set_defaults(question)
    module.apiPDU.set_varbinds(question, [(name, module.Null("")) for name in names])
    message = module.Message()
    module.apiMessage.set_defaults(message)
    module.apiMessage.set_community(message, community)
    module.apiMessage.set_pdu(message, question)
    content: bytes = encoder.encode(message)
    return content


def _answer(untrusted: bytes) -> _Answer | None:
    """Return what an answer says, None for anything else than a GetResponse with values."""
    try:
        version = int(api.decodeMessageVersion(untrusted))
        module = api.PROTOCOL_MODULES[version]
        message, _ = decoder.decode(untrusted, asn1Spec=module.Message())
        answer = module.apiMessage.get_pdu(message)
        if not answer.isSameTypeWith(module.GetResponsePDU()):
            return None
        bound = module.apiPDU.get_varbinds(answer)
        values = {str(name): _text(value) for name, value in bound}
        community = bytes(module.apiMessage.get_community(message)).decode("ascii", "replace")
    except (PyAsn1Error, ProtocolError, LookupError, ValueError, TypeError, AttributeError):
        return None
    return _Answer(version, community, {name: value for name, value in values.items() if value})


def _text(value: object) -> str:
    if type(value).__name__ in {"Null", "NoSuchObject", "NoSuchInstance", "EndOfMibView"}:
        return ""
    try:
        return " ".join(str(value).split())[:_LONGEST]
    except (PyAsn1Error, ValueError):
        return ""
