"""What the two plays about mail share: letters made up for them, and the guards as they judge."""

from collections.abc import Sequence

from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.domain.response import Deed
from vigie.guards import guards
from vigie.policy.orders import decide
from vigie.watch.patrol import Patrol

MACHINE = "rehearsal"

LURE = (
    'From: "Assurance Maladie" <service@ameli-remboursement.example>\r\n'
    "To: dr@cabinet.example\r\nSubject: Votre carte Vitale expire\r\n"
    "Message-ID: <lure@rehearsal.example>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/html; charset=utf-8\r\n\r\n"
    "<p>Cher client, votre carte Vitale expire aujourd’hui. Confirmez vos coordonnées bancaires"
    " sous 24 heures pour recevoir votre remboursement de 387,95 €.</p>"
    '<a href="http://ameli-remboursement.example/login">https://www.ameli.fr</a>\r\n'
).encode()
GREETING = (
    b"From: Dr Favre <favre@clinique.example>\r\nTo: dr@cabinet.example\r\nSubject: Garde\r\n"
    b"Message-ID: <greeting@rehearsal.example>\r\n\r\nBonjour, merci pour la garde de lundi.\r\n"
)
LEAK_TO, CLEAN_TO = "jean.dupont1971@gmail.com", "papeterie@fournisseur.example"
LEAK = (
    f"From: Dr Martin <dr@cabinet.example>\r\nTo: {LEAK_TO}\r\n"
    "Subject: Compte rendu de Mme Claire Bernard\r\nMessage-ID: <leak@rehearsal.example>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "Cher confrère,\r\nCompte rendu de Mme Claire Bernard, née le 12/03/1961."
    " Diagnostic : diabète de type 2, HbA1c 8,1 %.\r\n"
).encode()
CLEAN = (
    f"From: Dr Martin <dr@cabinet.example>\r\nTo: {CLEAN_TO}\r\nSubject: Commande\r\n"
    "Message-ID: <clean@rehearsal.example>\r\n\r\nBonjour, merci de livrer deux ramettes.\r\n"
).encode()


def held(danger: Danger, seen: Sequence[Evidence]) -> bool:
    """Return whether policy holds what the guard of this danger says about the evidence."""
    patrol = Patrol({danger: guards()[danger]}, decide)
    verdicts = [verdict for evidence in seen for verdict in patrol.step(evidence)]
    return any(r.deed is Deed.HOLD for verdict in verdicts for r in verdict.responses)
