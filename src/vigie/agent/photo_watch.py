"""Photos to be published, put together: the folder, the reader, and the deed that makes copies."""

from collections.abc import Callable
from dataclasses import dataclass

from vigie.agent.photo_keys import PhotoKeys
from vigie.readers.picture.reader import PictureReader
from vigie.responders import Responder
from vigie.responders.mask import Mask
from vigie.routines.photos.shelf import CopyShelf
from vigie.sensors import Sensor
from vigie.sensors.publishing.folder import PHOTOS, PublishingFolder

OFFERED, READY = "À publier", "Prêt à publier"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoWatch:
    """What the agent needs of it."""

    sensors: tuple[Sensor, ...]
    responders: tuple[Responder, ...]
    close: Callable[[], None]


def photo_watch(keys: PhotoKeys, machine: str) -> PhotoWatch | None:
    """Return what watches the folder; None where the settings name none."""
    if keys.folder is None:
        return None
    offered, ready = keys.folder / OFFERED, keys.folder / READY
    for folder in (offered, ready):
        folder.mkdir(parents=True, exist_ok=True)
    reader = PictureReader()
    shelf = CopyShelf(reader, ready, machine)
    return PhotoWatch(
        sensors=(PublishingFolder(offered, PHOTOS, shelf.develop, shelf.done),),
        responders=(Mask(shelf.take),),
        close=reader.close,
    )
