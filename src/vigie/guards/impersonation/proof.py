"""What the practice's own provider found about the sender, and where answers would go."""

from collections.abc import Iterator

from vigie.guards.impersonation.view import Signal, View
from vigie.knowledge.domains import MAIL_SERVICES, WEBMAIL, site, under

_REFUSED = frozenset({"fail", "softfail", "permerror"})


def signals(view: View) -> Iterator[Signal]:
    """Yield what the sender could not prove, and answers that go elsewhere."""
    yield from _unproven(view)
    yield from _answers(view)
    if view.message.judged_spam:
        yield Signal(name="provider_suspects", fact="provider_suspects", clues={"came_from": view.domain})


def _unproven(view: View) -> Iterator[Signal]:
    verdict, domain = view.verdict, view.domain
    clues = {"came_from": domain or view.sender.address}
    if verdict is None:
        return
    if view.own and not view.proven:
        yield Signal(name="own_domain_unproven", fact="own_domain_unproven", clues=clues, hard=True)
    if view.message.from_list:
        return  # a list changes what was signed, and writes from its own envelope
    behind = next(iter(verdict.signers), "") or verdict.envelope or "?"
    elsewhere = {**clues, "proven": behind}
    if verdict.dmarc == "fail":
        yield Signal(name="dmarc_fails", fact="sender_unproven", clues=elsewhere)
    if verdict.spf in _REFUSED:
        yield Signal(name="spf_fails", fact="sender_unproven", clues=elsewhere)
    if verdict.dkim in _REFUSED:
        yield Signal(name="dkim_fails", fact="sender_unproven", clues=elsewhere)
    if not view.proven:
        nobody = verdict.spf != "pass" and verdict.dkim != "pass"
        yield Signal(name="nobody_vouches" if nobody else "others_vouch", fact="sender_unproven", clues=elsewhere)
    if view.mail.writer.authenticated and not view.proven:
        yield Signal(name="used_to_be_proven", fact="sender_unproven", clues=elsewhere, hard=True)


def _answers(view: View) -> Iterator[Signal]:
    message = view.message
    answer = next((box for box in message.reply_to if box.domain), None)
    if answer and site(answer.domain) != view.site and not message.from_list:
        clues = {"came_from": view.sender.address, "answers_to": answer.address}
        if under(answer.domain, WEBMAIL):
            known = view.mail.writer.known
            yield Signal(name="answers_to_webmail", fact="answers_elsewhere", clues=clues, hard=known)
        elif not under(answer.domain, view.related) and not under(answer.domain, MAIL_SERVICES):
            yield Signal(name="answers_elsewhere", fact="answers_elsewhere", clues=clues)
    bounce = message.return_path.rpartition("@")[2].strip("<>")
    if bounce and not message.from_list and site(bounce) != view.site and not under(bounce, MAIL_SERVICES):
        if not under(bounce, view.related):
            clues = {"came_from": view.domain, "proven": bounce}
            yield Signal(name="returns_elsewhere", fact="sender_unproven", clues=clues)
