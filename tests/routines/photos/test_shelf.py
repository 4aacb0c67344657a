from pathlib import Path

from photos_made import corners, saved

from vigie.domain.evidence.pictures import Box, Photo, Place, Spot
from vigie.routines.photos.shelf import CopyShelf

SCREEN = Spot(place=Place.SCREEN, box=Box(0, 0, 99, 99), outline=(0, 0, 99, 0, 99, 99, 0, 99))


class Eyes:
    """Sees one screen, and on a copy what it was told to."""

    def __init__(self, again: tuple[Spot, ...] = ()) -> None:
        self.again, self.closed = again, 0

    def close(self) -> None:
        self.closed += 1

    def look_and_take(self, untrusted: bytes) -> tuple[Photo, bytes]:
        del untrusted
        return Photo(width=600, height=400, spots=(SCREEN,)), corners().tobytes()

    def look(self, untrusted: bytes, *, again: bool = False) -> Photo:
        del untrusted, again
        return Photo(width=600, height=400, spots=self.again)


def test_a_copy_waits_under_the_photos_digest_and_is_taken_once(tmp_path: Path) -> None:
    eyes = Eyes()
    shelf = CopyShelf(eyes, tmp_path, "m")
    offered = shelf.develop(tmp_path / "in" / "accueil.jpg", saved(corners(), "JPEG"))
    copy = shelf.take(offered.handle)
    assert copy is not None
    assert copy.place == tmp_path / "accueil.jpg"
    assert copy.content.startswith(b"\xff\xd8")
    assert shelf.take(offered.handle) is None
    assert eyes.closed == 1


def test_two_photos_of_one_stem_have_two_copies(tmp_path: Path) -> None:
    shelf = CopyShelf(Eyes(), tmp_path, "m")
    places = set()
    for name, shade in (("a.png", "PNG"), ("a.heic", "BMP"), ("a.jpg", "JPEG")):
        offered = shelf.develop(tmp_path / name, saved(corners(), shade))
        copy = shelf.take(offered.handle)
        assert copy is not None
        places.add(copy.place.name)
    assert places == {"a.png.jpg", "a.heic.jpg", "a.jpg"}


def test_a_copy_that_still_shows_something_is_not_given_out(tmp_path: Path) -> None:
    shelf = CopyShelf(Eyes(again=(SCREEN,)), tmp_path, "m")
    offered = shelf.develop(tmp_path / "a.jpg", saved(corners(), "JPEG"))
    assert offered.left == 1
    assert shelf.take(offered.handle) is None


def test_a_photo_with_a_newer_copy_is_done(tmp_path: Path) -> None:
    shelf = CopyShelf(Eyes(), tmp_path / "ready", "m")
    (tmp_path / "ready").mkdir()
    photo = tmp_path / "a.png"
    photo.write_bytes(b"photo")
    assert not shelf.done(photo)
    (tmp_path / "ready" / "a.png.jpg").write_bytes(b"copy")
    assert shelf.done(photo)
