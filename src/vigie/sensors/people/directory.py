"""The directory: finds among all contacts the few that a name or an address comes near."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from vigie.domain.evidence.mail import Mailbox
from vigie.knowledge.likeness import Likeness, domain_slip, likeness, squeezed
from vigie.knowledge.persons import called_so, forms_of, names, person
from vigie.tools.contacts import Known

_FAR = 4  # slips: two before the @ and two behind it
MOST = 8  # similar contacts worth showing a guard
_FAMILIAR_PEOPLE, _FAMILIAR_MESSAGES = (
    3,
    10,
)  # a domain the practice writes to as a matter of course
_COMMON = 400  # people of one name beyond whom that name finds nobody


class Directory:
    """All readable contacts, indexed by name, local part and domain. Immutable once made."""

    def __init__(self, everybody: Iterable[Known]) -> None:
        self._known: list[tuple[Known, Mailbox]] = []
        self._by_local: defaultdict[str, list[int]] = defaultdict(list)
        self._by_name: defaultdict[str, list[int]] = defaultdict(list)
        self._by_domain: dict[str, int] = {}
        for index, known in enumerate(everybody):
            box = Mailbox(known.address, known.names[0] if known.names else "")
            self._known.append((known, box))
            self._by_local[squeezed(box.local)].append(index)
            for name in person(box, known.greetings) | person(box, known.names):
                self._by_name[name].append(index)
            best = self._by_domain.get(box.domain)
            if best is None or known.sent > self._known[best][0].sent:
                self._by_domain[box.domain] = index
        self._addresses = [known.address for known, _ in self._known]
        self.familiar = self._familiar()

    def _familiar(self) -> frozenset[str]:
        people: Counter[str] = Counter()
        messages: Counter[str] = Counter()
        for known, box in self._known:
            people[box.domain] += known.sent > 0
            messages[box.domain] += known.sent
        return frozenset(
            domain
            for domain, count in people.items()
            if count >= _FAMILIAR_PEOPLE and messages[domain] >= _FAMILIAR_MESSAGES
        )

    def near(self, box: Mailbox) -> list[Mailbox]:
        """Return the contacts an unknown mailbox comes near, the nearest first."""
        wanted = set(self._by_local.get(squeezed(box.local), ()))
        found = process.extract(
            box.address, self._addresses, scorer=OSA.distance, score_cutoff=_FAR, limit=20
        )
        wanted |= {index for _, _, index in found}
        wanted |= set(self._of_name(names(box.local) + names(box.name)))
        alike = [(likeness(box, self._known[i][1]), i) for i in wanted]
        ranked = sorted(
            ((list(Likeness).index(how), -self._known[i][0].sent, i) for how, i in alike if how)
        )
        return [self._known[i][1] for _, _, i in ranked[:MOST]]

    def at_similar_domain(self, box: Mailbox) -> list[Mailbox]:
        """Return a contact of each domain that an unknown domain comes near."""
        if not box.domain or box.domain in self._by_domain:
            return []
        near = (i for domain, i in self._by_domain.items() if domain_slip(box.domain, domain))
        return [self._known[i][1] for i in near][:MOST]

    def called(self, people: Sequence[Sequence[str]]) -> list[Mailbox]:
        """Return the contacts that may be meant by greeted names, those written to most first."""
        found = {
            index
            for person_ in people
            for index in self._of_name(person_)
            if called_so(person_, self._known[index][1], self._known[index][0].greetings)
        }
        ranked = sorted(found, key=lambda i: (-self._known[i][0].sent, i))
        return [self._known[i][1] for i in ranked[:MOST]]

    def namesakes(self, box: Mailbox) -> list[Mailbox]:
        """Return the contacts who share a first name or a surname with somebody."""
        found = set(self._of_name(tuple(person(box))))
        ranked = sorted(found, key=lambda i: (-self._known[i][0].sent, i))
        return [self._known[i][1] for i in ranked if self._addresses[i] != box.address][:MOST]

    def _of_name(self, wanted: Sequence[str]) -> Iterator[int]:
        for name in wanted:
            for form in forms_of(name):
                if len(self._by_name.get(form, ())) <= _COMMON:
                    yield from self._by_name.get(form, ())
