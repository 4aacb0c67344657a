"""What a person calls a device: its kind, its maker, its own name, and where it is."""

from collections.abc import Mapping

from vigie.domain.evidence.printers import Device, Kind
from vigie.domain.practice import Language

_KINDS: Mapping[Language, Mapping[Kind, str]] = {
    Language.FR: {
        Kind.PRINTER: "Imprimante",
        Kind.BOX: "Box Internet",
        Kind.NAS: "NAS",
        Kind.CAMERA: "Caméra",
        Kind.COMPUTER: "Ordinateur",
        Kind.OTHER: "Appareil",
    },
    Language.DE: {
        Kind.PRINTER: "Drucker",
        Kind.BOX: "Internet-Box",
        Kind.NAS: "NAS",
        Kind.CAMERA: "Kamera",
        Kind.COMPUTER: "Computer",
        Kind.OTHER: "Gerät",
    },
    Language.EN: {
        Kind.PRINTER: "Printer",
        Kind.BOX: "Internet box",
        Kind.NAS: "NAS",
        Kind.CAMERA: "Camera",
        Kind.COMPUTER: "Computer",
        Kind.OTHER: "Device",
    },
}
_QUOTES = {Language.FR: "«\u00a0{}\u00a0»", Language.DE: "„{}“", Language.EN: "“{}”"}
_LONGEST = 40


def called(device: Device, language: Language, names: Mapping[str, str] | None = None) -> str:
    """Return what people call a device. `names` are the practice's own, by MAC or address."""
    given = (names or {}).get(device.mac) or (names or {}).get(device.address)
    if given:
        return given
    words = [_KINDS[language][device.kind]]
    if device.maker:
        words.append(device.maker)
    name = device.name[:_LONGEST].strip()
    if name and name.lower() not in " ".join(words).lower():
        words.append(_QUOTES[language].format(name))
    return f"{' '.join(words)} ({device.address})"
