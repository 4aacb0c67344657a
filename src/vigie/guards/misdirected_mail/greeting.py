"""Greeting: the message speaks to somebody who is not among its recipients."""

from collections.abc import Iterator, Sequence

from vigie.domain.evidence.mail import Acquaintance, Mailbox, MailLeaving
from vigie.domain.finding import Finding
from vigie.guards.misdirected_mail.asking import asked
from vigie.knowledge.given_names import GIVEN_NAMES
from vigie.knowledge.persons import called_so, forms_of, person, same_name
from vigie.knowledge.salutations import Salutation, salutation

_MOST = 6  # recipients beyond whom a salutation to somebody else is a manner of speaking
_HARDLY = 2  # messages after which an address without a name was greeted by one, if ever
_WHOLE = 2  # names that make a person: a first name and a surname


def greeting(leaving: MailLeaving) -> Finding | None:
    """Say whom the message greets that it does not go to."""
    found = salutation(leaving.message.text)
    if found is None or not 0 < len(leaving.recipients) <= _MOST:
        return None
    staff = {box.address: box for box in leaving.circle.staff}
    for people in found.people:
        for who in leaving.recipients:
            shown = Mailbox(who.box.address, who.box.name or _name_of(who.box.address, staff))
            if called_so(people, shown, who.salutations) and not _by_chance(leaving, who, people):
                return None
    who = _addressed(leaving)
    if "salutation_elsewhere" in who.settled:
        return None
    meant = list(_meant(leaving, found))
    doubtful = found.bare and not any(set(p) & GIVEN_NAMES for p in found.people)
    if not meant and (doubtful or not all(_tells(w, found) for w in leaving.recipients)):
        return None
    if meant and not _shows_a_name(who) and (_may_begin_so(who, found) or _met_lately(who)):
        return None  # `lyoho` may be Lisa Yoho; nobody knows yet who `soleil78` is
    known = meant[0].address if meant else ""
    return asked(
        leaving,
        "salutation_elsewhere",
        greeted=found.shown,
        recipient=who.box.address,
        known=known,
    )


def _by_chance(leaving: MailLeaving, who: Acquaintance, people: Sequence[str]) -> bool:
    """Return whether a greeted name fits by an initial only, is never used, and is another's.

    `p.lopez`, always « Dr Lopez », may be a Paul; but « Cher Paul » is how Paul Durand is greeted.
    """
    if not who.salutations or _fits(people, who):
        return False
    others = (known for known in leaving.circle.similar if known.box != who.box)
    return any(_fits(people, known) and known.salutations for known in others)


def _fits(people: Sequence[str], who: Acquaintance) -> bool:
    mine = person(who.box, who.salutations)
    return any(same_name(name, other) for name in people for other in mine)


def _name_of(address: str, staff: dict[str, Mailbox]) -> str:
    return staff[address].name if address in staff else ""


def _addressed(leaving: MailLeaving) -> Acquaintance:
    """Return the first recipient in To, whom a salutation is for."""
    first = next(iter(leaving.message.to), None)
    same = (w for w in leaving.recipients if first is not None and w.box.address == first.address)
    return next(same, leaving.recipients[0])


def _meant(leaving: MailLeaving, found: Salutation) -> Iterator[Mailbox]:
    """Yield the known people who bear a greeted name, letter for letter."""
    here = {who.box.address for who in leaving.recipients}
    writer = leaving.message.sender.address
    known = [(k.box, k.salutations) for k in leaving.circle.similar if k.known]
    known += [(box, ()) for box in leaving.circle.staff]
    for box, salutations in known:
        if box.address in here or box.address == writer:
            continue
        if any(_bears(box, salutations, people) for people in found.people):
            yield box


def _bears(box: Mailbox, salutations: Sequence[str], people: Sequence[str]) -> bool:
    mine = person(box, salutations)
    return all(forms_of(name) & mine for name in people)


def _may_begin_so(who: Acquaintance, found: Salutation) -> bool:
    """Return whether a local part that shows no name begins with the letter of a greeted one."""
    return any(name[0] == who.box.local[:1] for people in found.people for name in people)


def _met_lately(who: Acquaintance) -> bool:
    """Return whether somebody wrote to the practice and was hardly answered yet."""
    return who.received > 0 and who.sent < _HARDLY


def _shows_a_name(who: Acquaintance) -> bool:
    return bool(who.salutations) or len(person(who.box)) >= _WHOLE


def _tells(who: Acquaintance, found: Salutation) -> bool:
    """Return whether enough is known of a recipient's name to say that it is another."""
    return _shows_a_name(who) or (found.titled and bool(person(who.box)))
