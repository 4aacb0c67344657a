from dataclasses import replace

from photos_made import corners, saved

from vigie.domain.evidence.pictures import Box, Photo, Place, Spot
from vigie.routines.photos.preparing import prepare

SCREEN = Spot(place=Place.SCREEN, box=Box(0, 0, 99, 99), outline=(0, 0, 99, 0, 99, 99, 0, 99))
LATER = replace(SCREEN, box=Box(200, 0, 99, 99), outline=(200, 0, 299, 0, 299, 99, 200, 99))


class Eyes:
    """Says what it was told to say about each copy in turn; the pixels are a real picture's."""

    def __init__(self, *again: tuple[Spot, ...]) -> None:
        self.again = list(again)
        self.copies: list[bytes] = []

    def look_and_take(self, untrusted: bytes) -> tuple[Photo, bytes]:
        if untrusted == b"no photo":
            return Photo(defect="no_picture"), b""
        return Photo(width=600, height=400, spots=(SCREEN,)), corners().tobytes()

    def close(self) -> None:
        raise AssertionError("not before the photo is done")

    def look(self, untrusted: bytes, *, again: bool = False) -> Photo:
        assert again
        self.copies.append(untrusted)
        return Photo(width=600, height=400, spots=self.again.pop(0))


def test_a_copy_is_looked_at_and_stands_when_nothing_is_seen() -> None:
    eyes = Eyes(())
    made = prepare(eyes, saved(corners(), "JPEG"))
    assert made.held
    assert made.photo.spots == (SCREEN,)
    assert eyes.copies == [made.copy]


def test_what_only_the_second_look_sees_is_hidden_as_well() -> None:
    eyes = Eyes((LATER,), ())
    made = prepare(eyes, saved(corners(), "JPEG"))
    assert made.held
    assert made.photo.spots == (SCREEN, LATER)
    assert len(eyes.copies) == 2
    assert eyes.copies[0] != eyes.copies[1] == made.copy


def test_a_copy_on_which_something_is_always_seen_does_not_hold() -> None:
    made = prepare(Eyes((LATER,), (LATER,)), saved(corners(), "JPEG"))
    assert not made.held
    assert made.left == 1


def test_without_a_picture_there_is_no_copy() -> None:
    made = prepare(Eyes(), b"no photo")
    assert not made.held
    assert made.copy == b""
    assert made.photo.defect == "no_picture"
