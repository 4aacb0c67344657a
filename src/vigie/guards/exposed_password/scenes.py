"""Little plays: passwords looked at, notes found, accounts as they stand."""

from collections.abc import Sequence
from datetime import UTC, datetime

from vigie.domain.evidence import Evidence
from vigie.domain.evidence.passwords import Account, AccountsSeen, Note, NotesSeen, PasswordMeasured
from vigie.domain.evidence.pictures import Box, Photo, Place, Spot, WorkplaceSeen
from vigie.domain.guard import Scene

_NOON = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)


def measured(  # noqa: PLR0913  (a play names what it is about)
    *,
    short: bool = False,
    magnitude: int = 14,
    from_practice: bool = False,
    product: str = "",
    leaks: int | None = 0,
    places: int = 0,
) -> PasswordMeasured:
    """Return a password looked at: a good one, but for what is said."""
    return PasswordMeasured(
        at=_NOON,
        machine="accueil",
        short=short,
        least=12,
        magnitude=magnitude,
        from_practice=from_practice,
        product=product,
        leaks=leaks,
        places=places,
    )


def note(passwords: int, *, before: int = 0, shared: bool = False) -> Note:
    """Return a note on the secretary's desktop, or in the shared folder."""
    folder = "/srv/cabinet" if shared else "/home/lea/Bureau"
    return Note(path=f"{folder}/mdp.txt", passwords=passwords, before=before, shared=shared)


def notes(*each: Note) -> NotesSeen:
    """Return what one round met."""
    return NotesSeen(at=_NOON, machine="accueil", notes=each)


def accounts(*each: Account) -> AccountsSeen:
    """Return the accounts of the machine at the front desk."""
    return AccountsSeen(at=_NOON, machine="accueil", accounts=each)


def _spot(place: Place, *lines: str) -> Spot:
    """Return one thing on a desk, and what could be read on it."""
    box, outline = Box(0, 0, 9, 9), (0, 0, 9, 0, 9, 9)
    return Spot(place=place, box=box, outline=outline, lines=lines, rows=len(lines))


def _seen(photo: Photo) -> WorkplaceSeen:
    return WorkplaceSeen(at=_NOON, machine="accueil", photo=photo, handle="p", name="poste.jpg")


def _desk(*spots: Spot) -> WorkplaceSeen:
    return _seen(Photo(width=4000, height=3000, spots=spots))


def _scene(title: str, seen: Evidence | Sequence[Evidence], *facts: str) -> Scene[Evidence]:
    played = (seen,) if isinstance(seen, Evidence) else tuple(seen)
    return Scene(title=title, seen=played, facts=frozenset(facts))


LEA = Account(name="lea", days=21, idle=0, locks_after=10)

SCENES = (
    _scene("a_long_passphrase", measured()),
    _scene("a_stolen_one", measured(leaks=52_256, magnitude=2, short=True), "password_leaked"),
    _scene("no_list_of_leaks_at_hand", measured(leaks=None), "leaks_unknown"),
    _scene("the_one_it_came_with", measured(product="Orthanc", short=True), "password_default"),
    _scene("the_same_at_the_bank", measured(places=2), "password_reused"),
    _scene(
        "the_season_and_the_year",
        measured(short=True, magnitude=4),
        "password_short",
        "password_guessable",
    ),
    _scene(
        "the_practice_and_the_postcode",
        measured(magnitude=6, from_practice=True),
        "password_from_practice",
    ),
    _scene("twelve_random_letters", measured(magnitude=12)),
    _scene("a_note_on_the_desktop", notes(note(4)), "passwords_in_note"),
    _scene("a_note_for_everybody", notes(note(4, shared=True)), "passwords_in_shared_note"),
    _scene(
        "a_note_that_is_emptied",
        [notes(note(4)), notes(note(0, before=4))],
        "passwords_in_note",
        "passwords_put_away",
    ),
    _scene("a_letter", notes(note(0))),
    _scene("accounts_in_order", accounts(LEA, Account(name="root", administrator=True, days=1))),
    _scene(
        "an_account_without_password",
        accounts(LEA, Account(name="stagiaire", without_password=True)),
        "account_without_password",
    ),
    _scene(
        "the_machine_opens_by_itself",
        accounts(Account(name="lea", days=20, opens_alone=True)),
        "session_opens_alone",
    ),
    _scene(
        "everybody_is_the_front_desk",
        accounts(Account(name="accueil", generic=True, days=22)),
        "account_shared",
    ),
    _scene(
        "one_account_in_two_rooms",
        accounts(Account(name="lea", days=22, together=2)),
        "account_shared",
    ),
    _scene("a_name_kept_for_later", accounts(LEA, Account(name="accueil", generic=True))),
    _scene(
        "the_one_who_left_in_june",
        accounts(LEA, Account(name="marie", left=True, idle=160)),
        "account_of_leaver",
    ),
    _scene(
        "nobody_opened_it_since_summer",
        accounts(LEA, Account(name="remplacant", idle=120)),
        "account_unused",
    ),
    _scene(
        "the_doctor_is_an_administrator",
        accounts(Account(name="martin", administrator=True, days=18, idle=0, locks_after=5)),
        "administrator_daily",
    ),
    _scene(
        "the_screen_never_locks",
        accounts(Account(name="lea", days=21, idle=0, locks_after=0)),
        "screen_stays_open",
    ),
    _scene(
        "the_screen_locks_after_an_hour",
        accounts(Account(name="lea", days=21, idle=0, locks_after=60)),
        "screen_stays_open",
    ),
    _scene(
        "a_yellow_note_on_the_screen",
        _desk(_spot(Place.NOTE, "Doctolib", "accueil", "Soleil2024!"), _spot(Place.FACE)),
        "password_on_note",
    ),
    _scene("an_errand_on_a_note", _desk(_spot(Place.NOTE, "rappeler Mme Roux", "pain, lait"))),
    _scene(
        "a_login_without_its_password",
        _desk(_spot(Place.NOTE, "login : accueil")),
        "login_on_note",
    ),
    _scene(
        "a_list_of_patients_and_an_empty_chair",
        _desk(_spot(Place.SCREEN, *["MARTIN Léa 03/02/1951"] * 8)),
        "screen_left_open",
    ),
    _scene("a_locked_screen", _desk(_spot(Place.SCREEN, "14:05", "mercredi 25 novembre"))),
    _scene(
        "somebody_at_work",
        _desk(_spot(Place.SCREEN, *["MARTIN Léa 03/02/1951"] * 8), _spot(Place.FACE)),
    ),
    _scene("a_picture_that_is_none", _seen(Photo(defect="no_picture")), "workplace_unread"),
)
