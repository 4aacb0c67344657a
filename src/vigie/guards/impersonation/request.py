"""What the message asks for or promises."""

import re
from collections.abc import Iterator

from vigie.guards.impersonation.view import Signal, View
from vigie.knowledge.domains import WEBMAIL, under

_FACTS = {
    "account": "asks_to_confirm",
    "gain": "promises_gain",
    "money": "promises_gain",
    "parcel": "asks_small_payment",
    "refund": "asks_small_payment",
    "bank": "bank_details_changed",
    "papers": "asks_for_papers",
    "gift_cards": "asks_for_favour",
    "pressure": "presses",
    "goods": "offer_unasked",
}
_GREETED_BY_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_ANSWER = re.compile(r"^(?:re|fwd?|tr|aw|wg|antw|rif|ref|enc)\s*:", re.IGNORECASE)
_PERSONAL = ("bank", "gift_cards", "papers")


def signals(view: View) -> Iterator[Signal]:
    """Yield requests and promises, those in the subject apart, and what makes them odd."""
    if view.message.from_list:
        return
    for kind, words in view.lures.items():
        clues = {"words": words, "came_from": view.domain}
        yield Signal(name=f"lure_{kind}", fact=_FACTS[kind], clues=clues, hard=kind == "bank")
    for kind, words in view.loud_lures.items():
        clues = {"words": words, "came_from": view.domain}
        yield Signal(name=f"loud_{kind}", fact=_FACTS[kind], clues=clues)
    yield from _together(view)
    address = _GREETED_BY_ADDRESS.search(view.text[:200])
    recipients = {box.address for box in view.message.to}
    if address and address[0] in recipients:
        clues = {"words": address[0], "came_from": view.domain}
        yield Signal(name="greeted_by_address", fact="offer_unasked", clues=clues)
    if view.message.layout.password_form:
        clues = {"attachment": "", "came_from": view.domain}
        yield Signal(name="password_form", fact="page_asks_password", clues=clues, hard=True)


def _together(view: View) -> Iterator[Signal]:
    """Yield pairs that mean more than both alone."""
    lures = view.lures
    clues = {"came_from": view.domain, "words": next(iter(lures.values()), "")}
    dangerous = [kind for kind in lures if kind not in {"pressure", "goods"}]
    if dangerous and "pressure" in lures:
        yield Signal(name="lure_with_pressure", fact="presses", clues={**clues, "words": lures["pressure"]})
    if dangerous and view.strangers and len(view.strangers) == len(view.hosts):
        yield Signal(name="lure_with_links_elsewhere", fact="links_elsewhere",
                     clues={**clues, "leads_to": next(iter(view.strangers))})  # fmt: skip
    if dangerous and not view.proven and view.verdict is not None:
        yield Signal(name="lure_unproven", fact="sender_unproven", clues={**clues, "proven": "?"})
    if any(kind in lures for kind in _PERSONAL) and under(view.domain, WEBMAIL) and not view.acquainted:
        kind = next(kind for kind in _PERSONAL if kind in lures)
        yield Signal(name="favour_from_webmail", fact=_FACTS[kind], clues={**clues, "words": lures[kind]})
    if _ANSWER.match(view.message.subject) and not view.message.answers and dangerous:
        yield Signal(name="answers_nothing", fact="presses", clues={**clues, "words": view.message.subject[:30]})
