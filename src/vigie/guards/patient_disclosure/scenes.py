"""Little plays about texts that somebody wants to publish. The texts themselves are not needed."""

from dataclasses import replace
from datetime import UTC, datetime

from vigie.domain.evidence.writing import Kind, Mark, TextOffered
from vigie.domain.guard import Scene

_NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def mark(  # noqa: PLR0913  (the fields of one mark)
    kind: Kind,
    start: int = 0,
    *,
    hint: str = "",
    share: float = 1.0,
    people: int = 0,
    known: bool = False,
) -> Mark:
    """Return a mark of five characters."""
    return Mark(
        kind=kind, start=start, end=start + 5, hint=hint, share=share, people=people, known=known
    )


def offered(*marks: Mark, crowd: int | None = None, unread: str = "") -> TextOffered:
    """Return that a text was offered, with what was found in it."""
    return TextOffered(
        at=_NOON, machine="accueil", marks=marks, crowd=crowd, unread=unread, place="texte"
    )


SCENES = (
    Scene(
        title="a_forum_post_names_a_patient_of_a_village",
        seen=[
            offered(
                mark(Kind.NAME),
                mark(Kind.AGE, 10, hint="54"),
                mark(Kind.TOWN, 20, people=1_325),
                mark(Kind.PHONE, 30),
                crowd=7,
            )
        ],
        facts=frozenset(
            {
                "name_written",
                "age_written",
                "place_written",
                "identifier_written",
                "combination_identifies",
            }
        ),
    ),
    Scene(
        title="no_name_but_a_violin_maker_of_a_village",
        seen=[
            offered(
                mark(Kind.PROFESSION, hint="artisan:m", share=0.0003),
                mark(Kind.TOWN, 20, people=1_325),
                crowd=0,
            )
        ],
        facts=frozenset({"detail_written", "place_written", "combination_identifies"}),
    ),
    Scene(
        title="one_of_our_own",
        seen=[offered(mark(Kind.NAME, known=True))],
        facts=frozenset({"known_patient"}),
    ),
    Scene(
        title="an_address_a_date_and_a_link",
        seen=[offered(mark(Kind.ADDRESS), mark(Kind.DATE, 10), mark(Kind.URL, 20))],
        facts=frozenset({"address_written", "date_written", "link_written"}),
    ),
    Scene(
        title="signed_by_a_colleague",
        seen=[offered(replace(mark(Kind.NAME), signs=True))],
        facts=frozenset({"signature_written"}),
    ),
    Scene(
        title="too_long_to_be_read",
        seen=[offered(unread="too_long")],
        facts=frozenset({"text_unread"}),
    ),
    Scene(title="a_question_about_a_disease", seen=[offered()], facts=frozenset()),
)
