"""Little plays about photos that somebody wants to show the world."""

from datetime import UTC, datetime

from vigie.domain.evidence.pictures import Box, Hidden, Photo, PhotoOffered, Place, Spot
from vigie.domain.guard import Scene
from vigie.knowledge.writing import search

_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def _spot(place: Place, *lines: str) -> Spot:
    return Spot(place=place, box=Box(10, 10, 90, 60), outline=(10, 10, 99, 10, 99, 69), lines=lines)


def _offered(*spots: Spot, hidden: frozenset[Hidden] = frozenset(), **more: int) -> PhotoOffered:
    says = tuple(mark.kind for spot in spots for mark in search("\n".join(spot.lines)))
    photo = Photo(
        width=4000,
        height=3000,
        spots=spots,
        says=says,
        hidden=hidden,
        frames=more.get("frames", 1),
    )
    return PhotoOffered(
        at=_NOON, machine="m", photo=photo, handle="p", name="p.jpg", left=more.get("left", 0)
    )


_UNREAD = PhotoOffered(at=_NOON, machine="m", photo=Photo(defect="too_large"), handle="p")

SCENES: tuple[Scene[PhotoOffered], ...] = (
    Scene(
        title="a_screen_behind_the_bouquet",
        seen=(_offered(_spot(Place.SCREEN, "DUPONT Jean", "né le 03/02/1951")),),
        facts=frozenset({"name_and_number_readable", "screen_shown"}),
    ),
    Scene(
        title="a_letter_to_a_patient",
        seen=(_offered(_spot(Place.PAPER, "Madame Odile Rochat", "bilan sanguin")),),
        facts=frozenset({"name_readable", "paper_shown"}),
    ),
    Scene(
        title="an_insurance_number_on_a_card",
        seen=(_offered(_spot(Place.CARD, "2 61 03 75 116 001 45")),),
        facts=frozenset({"number_readable", "card_shown"}),
    ),
    Scene(
        title="the_reception_desk",
        seen=(_offered(_spot(Place.PAPER), _spot(Place.NOTE, "wifi"), _spot(Place.CARD)),),
        facts=frozenset({"paper_shown", "note_shown", "card_shown"}),
    ),
    Scene(
        title="the_team_under_the_sign",
        seen=(_offered(_spot(Place.FACE), _spot(Place.TEXT, "Cabinet"), _spot(Place.CODE)),),
        facts=frozenset({"face_shown", "text_shown", "code_shown"}),
    ),
    Scene(
        title="a_flower_pot_from_a_telephone",
        seen=(_offered(hidden=frozenset({Hidden.CAMERA})),),
        facts=frozenset({"traces_carried", "nothing_recognised"}),
    ),
    Scene(
        title="a_flower_pot_and_where_it_stands",
        seen=(_offered(hidden=frozenset({Hidden.CAMERA, Hidden.POSITION, Hidden.THUMBNAIL})),),
        facts=frozenset({"position_carried", "words_carried", "nothing_recognised"}),
    ),
    Scene(
        title="an_animation",
        seen=(_offered(_spot(Place.SCREEN), frames=12),),
        facts=frozenset({"screen_shown", "frames_dropped"}),
    ),
    Scene(
        title="a_copy_that_still_shows_something",
        seen=(_offered(_spot(Place.SCREEN), left=1),),
        facts=frozenset({"screen_shown", "copy_still_shows"}),
    ),
    Scene(title="a_day_on_which_nobody_publishes_anything", seen=(), facts=frozenset()),
    Scene(title="a_picture_too_large", seen=(_UNREAD,), facts=frozenset({"photo_unread"})),
)
