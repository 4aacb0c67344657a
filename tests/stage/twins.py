"""Genuine messages that look like lures: what a practice must go on receiving.

Written for these tests. The senders are the real domains of real bodies where the trap lies there
(La Poste's `notif-colissimo-laposte.info`, HIN's `secure-email.html`); people and figures are
invented.
"""

from collections.abc import Iterator

from mail_made import PDF, Made, archive

_HIN_PAGE = (
    b"<!DOCTYPE html><html><body><form action='https://app.hin.ch/read' method='post'>"
    b"<p>HIN Mail: geschuetzte Nachricht</p><input type='hidden' name='m' value='abc'>"
    b"<input type='password' name='password'><button>Lesen</button></form><script>init()</script></body></html>"
)

_OFFICIAL = (
    ("Assurance Maladie", "assurance-maladie@info.ameli.fr", "Votre carte Vitale : pensez à la mettre à jour", "Bonjour, pensez à mettre à jour votre carte Vitale en pharmacie. Nous ne demandons jamais vos coordonnées bancaires par message.", "https://www.ameli.fr/assure/carte-vitale"),
    ("amelipro", "ne-pas-repondre@info.ameli.fr", "ROSP : votre rémunération est disponible", "Docteur, le détail de votre rémunération est disponible dans amelipro.", "https://authps-espacepro.ameli.fr/"),
    ("l'Assurance Maladie", "noreply@assurance-maladie.fr", "Un remboursement a été effectué", "Un remboursement de 24,30 € a été versé. Consultez vos paiements.", "https://assure.ameli.fr/"),
    ("Agence du Numérique en Santé", "ne-pas-repondre@esante.gouv.fr", "Votre e-CPS expire dans 30 jours", "Docteur, votre e-CPS arrive à expiration. La nouvelle vous sera envoyée automatiquement.", "https://esante.gouv.fr/produits-services/e-cps"),
    ("Conseil national de l'Ordre des médecins", "cotisation@cn.medecin.fr", "Cotisation 2026 : dernier rappel", "Docteur, sauf erreur de notre part votre cotisation reste impayée.", "https://www.conseil-national.medecin.fr/cotisation"),
    ("Doctolib", "no-reply@doctolib.fr", "Nouvelle connexion à votre compte", "Une connexion inhabituelle a été détectée. Si ce n’est pas vous, changez votre mot de passe.", "https://pro.doctolib.fr/"),
    ("Doctolib", "no-reply@email.doctolib.com", "Votre facture est disponible", "Votre facture du mois est disponible dans votre espace.", "https://pro.doctolib.fr/billing"),
    ("DGFiP", "ne-pas-repondre@dgfip.finances.gouv.fr", "Avis de remboursement disponible", "Un avis de remboursement est disponible dans votre espace particulier.", "https://www.impots.gouv.fr/"),
    ("Urssaf", "ne-pas-repondre@urssaf.fr", "Rappel : échéance du 5", "Votre échéance du 5 approche. Le prélèvement sera de 742,00 €.", "https://www.urssaf.fr/"),
    ("ANTAI", "nepasrepondre@antai.gouv.fr", "Avis de contravention dématérialisé", "Votre avis de contravention est disponible en ligne.", "https://www.antai.gouv.fr/"),
    ("CARMF", "cotisants@carmf.fr", "Appel de cotisations 2026", "Docteur, votre appel de cotisations est disponible dans eCARMF.", "https://www.carmf.fr/ecarmf"),
    ("MACSF", "contact@macsf.fr", "Votre attestation RCP", "Docteur, votre attestation est disponible dans votre espace.", "https://www.macsf.fr/espace-client"),
    ("La Poste - Colissimo", "notification@notif-colissimo-laposte.info", "Votre colis est en attente de retrait", "Votre colis n’a pas pu être livré. Il vous attend au bureau de poste jusqu’au 14.", "https://www.laposte.fr/outils/suivre-vos-envois"),
    ("Chronopost", "chronopost@network.pickup.fr", "Votre colis est en route", "Votre colis sera livré demain entre 9 h et 11 h. Vous pouvez choisir une nouvelle date de livraison.", "https://www.chronopost.fr/tracking"),
    ("DHL Express", "noreply@dhl.com", "DHL: frais de douane à régler", "Des droits et taxes de 18,40 € sont à régler pour votre envoi.", "https://mydhl.express.dhl.com/"),
    ("Crédit Agricole", "information@ca-paris.fr", "Votre relevé est disponible", "Votre relevé de compte est disponible dans votre espace.", "https://www.credit-agricole.fr/ca-paris"),
    ("La Banque Postale", "ne-pas-repondre@labanquepostale.fr", "Certicode Plus : nouvel appareil", "Un nouvel appareil a été enregistré. Si ce n’est pas vous, appelez le 3639.", "https://www.labanquepostale.fr/"),
    ("OVHcloud", "support@ovh.com", "Votre domaine cabinet-exemple.fr expire", "Votre domaine expire dans 30 jours. Pensez à le renouveler.", "https://www.ovh.com/manager/"),
    ("EDF", "ne-pas-repondre@edf.fr", "Votre facture est disponible", "Le montant de 128,40 € sera prélevé le 12.", "https://particulier.edf.fr/"),
    ("Mon Compte Formation", "ne-pas-repondre@moncompteformation.gouv.fr", "Vos droits sont à jour", "Vos droits formation ont été mis à jour.", "https://www.moncompteformation.gouv.fr/"),
    ("CSS Assurance", "info@css.ch", "Votre décompte de prestations", "Votre remboursement de CHF 214.60 a été calculé.", "https://my.css.ch/"),
    ("Helsana", "noreply@helsana.ch", "Ihre Rückerstattung", "Guten Tag, Ihre Leistungsabrechnung ist da. Die Rückerstattung folgt in fünf Tagen.", "https://www.helsana.ch/myhelsana"),
    ("La Poste Suisse", "notifications@post.ch", "Votre envoi arrive demain", "Votre envoi sera livré demain. Vous pouvez modifier la livraison.", "https://www.post.ch/fr/suivi"),
    ("Die Schweizerische Post", "notifications@post.ch", "Ihr Paket wird heute zugestellt", "Ihre Sendung wird heute zugestellt.", "https://www.post.ch/de/sendung"),
    ("SwissPass", "noreply@swisspass.ch", "Votre abonnement sera renouvelé", "Votre abonnement demi-tarif sera renouvelé le 1er.", "https://www.swisspass.ch/"),
    ("Swisscom", "rechnung@swisscom.com", "Ihre Rechnung ist da", "Ihre Rechnung über CHF 89.00 ist verfügbar.", "https://www.swisscom.ch/meinswisscom"),
    ("bpost", "noreply@bpost.be", "Votre colis est en route", "Votre colis sera livré aujourd’hui.", "https://track.bpost.be/"),
    ("Microsoft account team", "account-security-noreply@accountprotection.microsoft.com", "Activité inhabituelle sur votre compte Microsoft", "Nous avons détecté une connexion inhabituelle à votre compte. Vérifiez votre activité.", "https://account.live.com/activity"),
    ("Amazon.fr", "shipment-tracking@amazon.fr", "Votre colis a été expédié", "Votre colis a été expédié et arrivera mardi.", "https://www.amazon.fr/gp/css/order-history"),
    ("DocuSign", "dse_na3@docusign.net", "Contrat de remplacement à signer", "Le Dr Roche vous a envoyé un document à signer.", "https://na3.docusign.net/Signing/"),
    ("PayPal", "service@paypal.fr", "Reçu pour votre paiement", "Vous avez envoyé un paiement de 34,90 EUR.", "https://www.paypal.com/activity"),
    ("INAMI", "noreply@riziv-inami.fgov.be", "Convention 2026", "Docteur, l’accord médico-mutualiste est en ligne.", "https://www.inami.fgov.be/"),
)  # fmt: skip

# Who sends for themselves through a service, with links that are counted.
_SENT_FOR = (
    ("Revue Médicale Suisse", "newsletter@revmed.ch", "Cette semaine dans la revue", "Numéro 874 : la douleur chronique, un dossier en trois articles.", "https://r.mailjet.com/x/abc", "bnc3.mailjet.com"),
    ("Vidal", "actualites@news.vidal.fr", "Ruptures de stock : le point de la semaine", "Retrouvez les ruptures et les remises à disposition.", "https://news.vidal.fr/r/8812", "news.vidal.fr"),
    ("Le Quotidien du Médecin", "infos@lequotidiendumedecin.fr", "Négociations : ce qui change le 1er mars", "Tarifs, dossier, agenda : l’essentiel en cinq minutes.", "https://lequotidien.list-manage.com/track/click?u=1", "mcsv.net"),
    ("Formation DPC Santé", "contact@dpc-sante-formation.fr", "Dernières places : urgences pédiatriques", "Il reste quatre places. Inscription avant vendredi.", "https://sibautomation.sendinblue.com/c/1", "sendinblue.com"),
    ("Medtronic France", "evenements@medtronic.com", "Invitation au séminaire de printemps", "Nous avons le plaisir de vous inviter au séminaire.", "https://info.medtronic.com/e2t/abc", "hubspotemail.net"),
    ("Syndicat des médecins", "contact@csmf.org", "Mobilisation du 12 mars", "Retrouvez le communiqué et l’affiche à imprimer.", "https://www.csmf.org/actualites", "csmf.org"),
    ("Promo Cabinet", "offres@promocabinet.fr", "-30 % sur les gants jusqu’à dimanche", "Gants, draps d’examen, désinfectants : profitez-en.", "https://click.em-routage.com/1fj38dkq0d93kslq93kdlq039dkslqpdk39", "bounce.em-routage.com"),
    ("Girodmedical", "newsletter@girodmedical.com", "Votre bon d’achat de 20 €", "Félicitations pour votre fidélité : un bon d’achat vous attend.", "https://t.newsletter-girod.com/r/?id=h1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7", "newsletter-girod.com"),
    ("Congrès MG", "inscription@congresmg.fr", "Dernier rappel : tarif réduit", "Le tarif réduit prend fin ce soir.", "https://congresmg.fr/inscription", "sarbacane.com"),
    ("Caisse des Médecins", "info@caisse-des-medecins.ch", "Webinaire facturation", "Inscrivez-vous au webinaire de mardi.", "https://www.caisse-des-medecins.ch/fr/webinaire", "caisse-des-medecins.ch"),
    ("Pharmacie du Marché", "bonjour@pharmacie-du-marche.fr", "Campagne de vaccination", "Les doses sont arrivées, nous prenons les réservations.", "https://pharmacie-du-marche.fr/vaccins", "pharmacie-du-marche.fr"),
    ("Logiciel Médisoft", "support@medisoft-logiciel.fr", "Mise à jour importante ce soir", "Une mise à jour sera installée ce soir. Merci de laisser le poste allumé.", "https://support.medisoft-logiciel.fr/maj", "medisoft-logiciel.fr"),
)  # fmt: skip

# People, who write as people do.
_PEOPLE = (
    ("Jeanne Perrin", "jeanne.perrin62@orange.fr", "Carte vitale", "Bonjour, ma carte Vitale ne marche plus, puis-je venir quand même demain ? Merci, J. Perrin"),
    ("", "m.lopez.nantes@gmail.com", "rdv", "Bonjour je voudrais un rendez-vous avec le docteur la semaine prochaine svp. Merci"),
    ("Dr Paul Roche", "dr.roche@free.fr", "Remplacement d’août", "Cher ami, es-tu d’accord pour le contrat de remplacement ? Je t’appelle ce soir. Paul"),
    ("Dr Anne Vidal", "a.vidal@hopital-nord.example", "Compte rendu Mme B.", "Cher confrère, le compte rendu de consultation est joint. Bien confraternellement."),
    ("Marc Duval", "marc@duval-compta.fr", "Pièces pour le bilan", "Bonjour, merci de m’envoyer les relevés de décembre avant le 15. Bonne journée, Marc"),
    ("Imprimerie Leroux", "contact@imprimerie-leroux.fr", "Facture 2026-114", "Bonjour, veuillez trouver la facture des ordonnanciers. Règlement à 30 jours, notre RIB figure au dos."),
    ("Nettoyage Clair", "nettoyage.clair@gmail.com", "Facture de février", "Bonjour Madame, voici la facture de février, comme d’habitude. Bonne semaine, Fatou"),
    ("Sophie", "sophie.remplacante@yahoo.fr", "Planning", "Coucou, je peux faire le mardi et le jeudi. Bises, Sophie"),
    ("Labo Biolam", "resultats@biolam.fr", "Résultats disponibles", "Les résultats de votre patient sont disponibles sur le serveur."),
    ("Praxis Dr. Keller", "praxis.keller@hin.ch", "Überweisung Herr M. (confidentiel)", "Sehr geehrte Kollegin, anbei die Überweisung. Freundliche Grüsse, P. Keller"),
    ("Mairie de Givors", "ccas@ville-givors.fr", "Plan canicule", "Bonjour, merci de nous signaler les personnes isolées avant le 1er juin."),
    ("Frau Huber", "r.huber@bluewin.ch", "Rezept", "Guten Tag, könnten Sie mir das Rezept für Blutdruck erneuern? Danke, R. Huber"),
    ("Jean Petit", "jpetit@wanadoo.fr", "Remboursement", "Bonjour docteur, la mutuelle refuse le remboursement sans votre facture, pouvez-vous la renvoyer ?"),
    ("Ambulances Durand", "planning@ambulances-durand.fr", "Bons de transport", "Bonjour, il nous manque deux bons de transport pour M. A. Merci d’avance."),
)  # fmt: skip


def twins() -> Iterator[Made]:
    """Yield genuine messages, those with traps first."""
    for number, (name, address, subject, text, link) in enumerate(_OFFICIAL):
        yield Made(
            title=f"official_{number}", name=name, address=address, subject=subject,
            lines=(text, "Ceci est un message automatique, merci de ne pas y répondre."),
            links=(("Accéder à mon espace", link),),
        )  # fmt: skip
    for number, (name, address, subject, text, link, bounce) in enumerate(_SENT_FOR):
        yield Made(
            title=f"sent_for_{number}", name=name, address=address, subject=subject, lines=(text,),
            links=(("Lire la suite", link), ("Se désabonner", link + "u")), bounce=bounce,
            head=(("List-Unsubscribe", f"<mailto:stop@{bounce}>"),),
        )  # fmt: skip
    for number, (name, address, subject, text) in enumerate(_PEOPLE):
        yield Made(
            title=f"person_{number}", name=name, address=address, subject=subject,
            lines=(text,), html=bool(number % 2),
        )  # fmt: skip
    yield from _with_files()


def _with_files() -> Iterator[Made]:
    page = "text/html"
    yield Made(
        title="hin_secure", name="HIN Mail", address="noreply@hin.ch",
        subject="HIN Secure Mail : vous avez reçu un message protégé",
        lines=("Vous avez reçu un message protégé. Ouvrez la pièce jointe secure-email.html.",),
        files=(("secure-email.html", page, _HIN_PAGE),),
    )  # fmt: skip
    rows = (
        ("Labo Biolam", "resultats@biolam.fr", "Compte rendu", "Veuillez trouver le compte rendu en pièce jointe.", "CR_0412.pdf", "application/pdf", PDF),
        ("Scanner Accueil", "scanner@cabinet-exemple.fr", "Numérisation", "Document numérisé depuis l’accueil.", "SCAN_0001.pdf", "application/pdf", PDF),
        ("Radiologie du Parc", "secretariat@radio-parc.fr", "IRM Mme D.", "Images et compte rendu joints. Le mot de passe vous sera donné par téléphone.", "IRM.zip", "application/zip", archive("irm.pdf", PDF, sealed=True)),
        ("Dr Paul Roche", "p.roche@chu-exemple.fr", "Courrier", "Cher confrère, voici le courrier dont nous avons parlé.", "courrier.txt", "text/plain", b"Cher confrere,\n"),
        ("Secrétariat Dr Blanc", "secretariat@cabinet-blanc.fr", "Agenda", "Bonjour, voici les horaires d’été.", "horaires.csv", "text/csv", b"lundi;9h\n"),
        ("Fournisseur Médical", "facturation@fournimed.fr", "Votre facture F-2231", "Bonjour, votre facture est jointe. Règlement à réception.", "F-2231.pdf", "application/pdf", PDF),
    )  # fmt: skip
    for number, (name, address, subject, text, file, kind, content) in enumerate(rows):
        yield Made(
            title=f"file_{number}", name=name, address=address, subject=subject, lines=(text,),
            files=((file, kind, content),), html=bool(number % 2),
        )  # fmt: skip
