"""Lures that French, Swiss and Belgian practices receive: 30 stories, each told in several ways.

Written for these tests, from the public warnings of ameli.fr, ANS, OFCS, Safeonweb and the Ordre.
Names, addresses and amounts are invented. Each story has its own senders and wordings, so that a
guard that learned one telling by heart would miss the next.
"""

from collections.abc import Iterator

from mail_made import Made, archive, asking_page

_Telling = tuple[str, str, str, tuple[str, ...], tuple[tuple[str, str], ...]]


def lures() -> Iterator[Made]:
    """Yield every telling of every story."""
    for story, tellings in _STORIES.items():
        for number, (name, address, subject, lines, links) in enumerate(tellings):
            proven = ("pass", "none", "other", "pass")[number % 4]
            bounce = "srv-envoi.example.net" if proven == "other" else ""
            yield Made(
                title=f"{story}-{number}", name=name, address=address, subject=subject,
                lines=lines, links=links, proven=proven, bounce=bounce, html=number % 5 != 4,
            )  # fmt: skip
    yield from _with_files()
    yield from _in_person()


_STORIES: dict[str, tuple[_Telling, ...]] = {
    "carte_vitale": (
        (
            "Assurance Maladie",
            "contact@roofandfloor-mail.com",
            "Votre carte Vitale expire bientôt",
            (
                "Bonjour,",
                "Votre carte Vitale arrive à expiration le 14 du mois. Pour continuer à être remboursé, vous devez mettre à jour vos informations sous 48 heures.",
                "L’Assurance Maladie",
            ),
            (("Renouveler ma carte", "https://carte-vitale-renouvellement.info/dossier"),),
        ),
        (
            "ameli.fr",
            "no-reply@ameli-assure.online",
            "Nouvelle carte Vitale disponible",
            (
                "Madame, Monsieur,",
                "Une nouvelle carte Vitale V3 est disponible à votre nom. Les frais de livraison de 0,99 € restent à votre charge.",
                "Votre CPAM",
            ),
            (("Commander ma carte", "https://ameli-assure.online/v3"),),
        ),
        (
            "CPAM du Rhône",
            "cpam69.dossier@gmail.com",
            "Dossier incomplet",
            (
                "Bonjour,",
                "Votre dossier d’assuré est incomplet. Merci de nous transmettre sous 24h une copie de votre carte d’identité, de votre carte Vitale et un RIB.",
                "Service des dossiers",
            ),
            (),
        ),
        (
            "Service Ameli",
            "info@boulangerie-martin-lyon.fr",
            "Carte vitale : dernier rappel",
            (
                "Cher assuré,",
                "Sans action de votre part, vos droits seront suspendus. Régularisez votre situation dès maintenant.",
                "Cordialement, Service Ameli",
            ),
            (("www.ameli.fr", "https://bit.ly/3Vit4le"),),
        ),
        (
            "Assurance-Maladie",
            "notification@as-maladie-ameli.com",
            "Mise à jour de votre dossier",
            (
                "Bonjour Madame,",
                "Suite à une mise à jour de nos services, confirmez vos informations et votre numéro de sécurité sociale.",
                "L’équipe ameli",
            ),
            (("Mon compte", "http://185.203.117.12/ameli/login"),),
        ),
    ),
    "ameli_refund": (
        (
            "Remboursement Ameli",
            "service@portail-sante-remb.com",
            "Un remboursement de 118 € vous attend",
            (
                "Bonjour,",
                "Après calcul, vous êtes éligible à un remboursement de 118,00 €. Pour le recevoir, indiquez votre carte bancaire.",
                "Assurance Maladie",
            ),
            (("Recevoir mon remboursement", "https://remb-ameli.web.app/"),),
        ),
        (
            "Assurance Maladie",
            "service@portail.ameli-pro.fr.tf",
            "Geste commercial en faveur des médecins",
            (
                "Docteur,",
                "Dans le cadre d’un geste commercial, un montant de 387,95 € sera versé. Confirmez vos coordonnées bancaires avant le 30.",
                "Relations avec les professionnels de santé",
            ),
            (("Accéder au formulaire", "https://formulaire-pro.firebaseapp.com/a"),),
        ),
        (
            "l'Assurance Maladie",
            "noreply@asso-sport-dijon.org",
            "Trop-perçu en votre faveur",
            (
                "Madame, Monsieur,",
                "Un trop-perçu de 64,20 € a été constaté. Le remboursement ne peut pas aboutir sans votre RIB.",
                "Votre caisse",
            ),
            (("Compléter mon dossier", "https://asso-sport-dijon.org/wp-content/a/ameli/"),),
        ),
        (
            "ΑMELI",
            "direction@mailing-senior.click",
            "Remboursement en attente",
            (
                "Bonjour,",
                "Votre remboursement de 256 € est en attente depuis le 3 mars. Dernier délai ce soir.",
                "Service client",
            ),
            (("Valider", "https://mailing-senior.click/r?u=1"),),
        ),
        (
            "A m e l i  Pro",
            "pro@espace-sante-medecins.com",
            "ROSP : complément à percevoir",
            (
                "Docteur,",
                "Le complément de votre rémunération est disponible. Confirmez votre identité pour le recevoir sous 24 heures.",
                "amelipro",
            ),
            (("Se connecter à amelipro", "https://amelipro.espace-sante-medecins.com/"),),
        ),
    ),
    "e_cps": (
        (
            "Agence du Numérique en Santé",
            "support@ans-ecps.com",
            "Votre e-CPS expire",
            (
                "Bonjour Docteur,",
                "Votre e-CPS arrive à expiration. Réactivez votre carte avec le code reçu par SMS.",
                "L’équipe e-CPS",
            ),
            (("Réactiver ma e-CPS", "https://ans-ecps.com/activation"),),
        ),
        (
            "e-CPS",
            "no-reply@wallet-sante.app",
            "Nouvelle connexion suspecte",
            (
                "Une connexion inhabituelle à Pro Santé Connect a été détectée. Vérifiez votre compte immédiatement.",
            ),
            (("Vérifier", "https://wallet-sante.app/psc"),),
        ),
        (
            "Pro Santé Connect",
            "ne-pas-repondre@service-esante.info",
            "Action requise sur votre compte",
            (
                "Docteur,",
                "Sans mise à jour de vos informations, votre accès sera suspendu dans les 48 heures.",
                "ANS",
            ),
            (("esante.gouv.fr", "https://service-esante.info/maj"),),
        ),
        (
            "MSSanté",
            "admin@mssante-messagerie.fr.com",
            "Votre boîte MSSanté est pleine",
            (
                "Votre boîte est pleine à 98 %. Les messages de vos confrères seront refusés.",
                "Augmentez votre espace avant ce soir.",
            ),
            (("Augmenter mon quota", "https://mssante-messagerie.fr.com/q"),),
        ),
        (
            "ANS e-santé",
            "contact@imprimerie-du-port.com",
            "Vérification annuelle RPPS",
            (
                "Bonjour,",
                "Merci de confirmer votre identité : pièce d’identité recto-verso, justificatif de domicile et selfie.",
                "Annuaire Santé",
            ),
            (("Déposer mes pièces", "https://forms-rpps.netlify.app/"),),
        ),
    ),
    "ordre": (
        (
            "Conseil National de l'Ordre des Médecins",
            "secretariat@ordre-medecins-fr.com",
            "Cotisation ordinale impayée",
            (
                "Docteur,",
                "Sauf erreur de notre part, votre cotisation reste impayée. À défaut de règlement sous 48 heures, une mise en demeure suivra.",
            ),
            (("Régler ma cotisation", "https://ordre-medecins-fr.com/paiement"),),
        ),
        (
            "Ordre des médecins",
            "cnom.cotisation@outlook.com",
            "Cotisation 2026",
            (
                "Cher confrère,",
                "Nos coordonnées bancaires ont changé. Merci d’effectuer un virement de 335 € sur le nouvel IBAN joint.",
            ),
            (),
        ),
        (
            "CNOM",
            "plainte@conseil-ordre.site",
            "Plainte déposée contre vous",
            (
                "Docteur,",
                "Une plainte d’un patient nous est parvenue. Consultez-la et répondez sous 24h, strictement confidentiel.",
            ),
            (("Consulter la plainte", "https://conseil-ordre.site/dossier/2231"),),
        ),
        (
            "Ordre des infirmiers",
            "info@garage-leduc.be",
            "Votre inscription au tableau",
            (
                "Bonjour,",
                "Mettez à jour vos informations : copie de la carte d’identité et diplôme.",
                "Ordre national",
            ),
            (("Mettre à jour", "https://garage-leduc.be/ordre/"),),
        ),
    ),
    "doctolib": (
        (
            "Doctolib",
            "no-reply@mon-doctolib.com",
            "Trop-perçu sur votre abonnement",
            (
                "Bonjour,",
                "Un trop-perçu de 129 € a été constaté sur votre abonnement. Confirmez vos informations pour le remboursement.",
            ),
            (("Mon espace", "https://mon-doctolib.com/pro"),),
        ),
        (
            "Doctolib Pro",
            "support@doctolib-pro.support",
            "Votre compte Doctolib est suspendu",
            (
                "Bonjour,",
                "Votre compte a été suspendu. Vérifiez votre compte pour conserver vos rendez-vous.",
            ),
            (("Réactiver", "https://doctolib-pro.support/login"),),
        ),
        (
            "DoctoIib",
            "contact@doctoiib.fr",
            "Nouveau document de patient",
            (
                "Docteur,",
                "Un patient vous a transmis un document. Connectez-vous avec votre mot de passe.",
            ),
            (("Voir le document", "https://doctoiib.fr/doc"),),
        ),
        (
            "Équipe Doctolib",
            "newsletter@pizza-roma-nice.com",
            "Paiement refusé",
            (
                "Le paiement de votre abonnement a été refusé. Mettez à jour vos informations de carte sous 24 heures.",
            ),
            (("Mettre à jour ma carte", "https://pizza-roma-nice.com/d"),),
        ),
        (
            "Doctolib",
            "dr.doctolib@proton.me",
            "Certification de votre profil",
            (
                "Bonjour Docteur,",
                "Envoyez une photo de vous avec votre pièce d’identité pour certifier votre profil.",
            ),
            (),
        ),
    ),
    "impots": (
        (
            "Direction générale des Finances publiques",
            "impots@dgfipfinances.gouv-fr.net",
            "Avis de remboursement",
            (
                "Après les derniers calculs, vous êtes éligible à un remboursement de 412,30 €.",
                "Cliquez pour le recevoir.",
            ),
            (("impots.gouv.fr", "https://dgfipfinances.gouv-fr.net/"),),
        ),
        (
            "impots.gouv",
            "service@mairie-de-v.com",
            "Dernière relance : solde débiteur",
            (
                "Votre solde débiteur de 89 € doit être réglé immédiatement, sous peine de majoration.",
            ),
            (("Payer", "https://tinyurl.com/impot89"),),
        ),
        (
            "ANTAI",
            "amende@antai-paiement.top",
            "Avis de contravention",
            ("Une amende impayée de 35 € sera majorée dans les 24 heures.",),
            (("Régler l’amende", "https://antai-paiement.top/p"),),
        ),
        (
            "Urssaf",
            "recouvrement@urssaf-cotisations.store",
            "Mise en demeure",
            ("Votre prélèvement a été rejeté. Régularisez votre situation avant saisie.",),
            (("Payer 742,00 €", "https://urssaf-cotisations.store/m"),),
        ),
    ),
    "carmf_mutuelle": (
        (
            "CARMF",
            "cotisations@carmf-medecins.org",
            "Régularisation de votre cotisation",
            (
                "Docteur,",
                "Une régularisation de votre cotisation retraite est nécessaire. Connectez-vous avec vos identifiants.",
            ),
            (("eCARMF", "https://carmf-medecins.org/e"),),
        ),
        (
            "MACSF",
            "espace@macsf-societaires.click",
            "Votre contrat RCP est suspendu",
            ("Votre contrat est suspendu faute de paiement. Vous n’êtes plus couvert.",),
            (("Régulariser", "https://macsf-societaires.click/r"),),
        ),
        (
            "Harmonie Mutuelle",
            "info@cordonnerie-express.pl",
            "Remboursement refusé",
            (
                "Votre RIB n’est plus valable. Mettez à jour vos informations pour recevoir 54,30 €.",
            ),
            (("Mon espace adhérent", "https://cordonnerie-express.pl/hm/"),),
        ),
        (
            "MGEN",
            "noreply@sante-mgen.shop",
            "Nouvelle carte d’adhérent",
            ("Votre carte a expiré. Commandez la nouvelle, frais d’expédition 1,50 €.",),
            (("Commander", "https://sante-mgen.shop/carte"),),
        ),
    ),
    "parcel_fr": (
        (
            "La Poste",
            "suivi@laposte-livraison.info",
            "Votre colis est en attente",
            ("Votre colis n’a pas pu être livré. Des frais de livraison de 1,99 € sont à régler.",),
            (("Reprogrammer la livraison", "https://laposte-livraison.info/s"),),
        ),
        (
            "Chronopost",
            "info@hotel-belvedere.it",
            "Livraison en attente : action requise",
            ("Adresse incomplète. Indiquez une nouvelle date de livraison.",),
            (("Suivre mon colis", "https://hotel-belvedere.it/chrono"),),
        ),
        (
            "Colissimo",
            "colissimo@c0lissimo-douane.xyz",
            "Frais de douane",
            ("Votre colis de matériel médical est retenu. Réglez 2,99 € de frais de douane.",),
            (("Payer les frais", "https://c0lissimo-douane.xyz/"),),
        ),
        (
            "Mondial Relay",
            "notification@relais-point.sbs",
            "Votre colis sera renvoyé",
            ("Dernier avis avant retour à l’expéditeur.",),
            (("Confirmer mon adresse", "https://relais-point.sbs/a"),),
        ),
        (
            "DHL Express",
            "dhl@express-track.cyou",
            "Bordereau d’expédition",
            ("Un colis vous attend. Veuillez régler les frais d’expédition.",),
            (("Voir le bordereau", "https://express-track.cyou/b"),),
        ),
    ),
    "bank_fr": (
        (
            "Crédit Agricole",
            "securite@ca-securipass.online",
            "Activation SécuriPass",
            (
                "Votre SécuriPass expire aujourd’hui. Sans réactivation, vos paiements seront bloqués.",
            ),
            (("Activer", "https://ca-securipass.online/"),),
        ),
        (
            "La Banque Postale",
            "info@fleuriste-rosier.com",
            "Opération suspecte",
            ("Une tentative de connexion a été bloquée. Confirmez votre identité.",),
            (("Certicode Plus", "https://fleuriste-rosier.com/lbp/"),),
        ),
        (
            "BNP Paribas",
            "alerte@clients-bnp.info",
            "Compte limité",
            ("Votre compte est limité. Débloquez votre accès avec le code reçu par SMS.",),
            (("Débloquer", "https://clients-bnp.info/"),),
        ),
        (
            "Caisse d'Epargne",
            "noreply@secur-pass.live",
            "Nouveau bénéficiaire ajouté",
            ("Si vous n’êtes pas à l’origine de cet ajout, annulez-le immédiatement.",),
            (("Annuler", "https://secur-pass.live/a"),),
        ),
    ),
    "insurers_and_laws": (
        (
            "Société Générale",
            "relation@sg-passsecurite.com",
            "Pass Sécurité à réactiver",
            (
                "Votre Pass Sécurité est désactivé. Sans réactivation sous 24h, vos paiements seront bloqués.",
            ),
            (("Réactiver", "https://sg-passsecurite.com/"),),
        ),
        (
            "Crédit Mutuel",
            "confirmation@atelier-poterie-nantes.fr",
            "Confirmation mobile",
            ("Confirmez votre identité pour conserver l’accès à votre compte.",),
            (("Confirmer", "https://atelier-poterie-nantes.fr/cm"),),
        ),
        (
            "Haute Autorité de Santé",
            "certification@has-medecins.info",
            "Certification périodique : dernier avis",
            (
                "Docteur,",
                "Votre certification périodique est incomplète. Déposez vos pièces avant le 30, faute de quoi votre exercice sera suspendu.",
            ),
            (("Déposer mes pièces", "https://has-medecins.info/c"),),
        ),
        (
            "Mon espace santé",
            "no-reply@mon-espace-sante.online",
            "Activation de votre espace",
            (
                "Votre espace sera définitivement fermé. Confirmez votre numéro de sécurité sociale.",
            ),
            (("Activer", "https://mon-espace-sante.online/a"),),
        ),
        (
            "AXA Santé",
            "contrat@axa-pro-sante.click",
            "Votre contrat sera résilié",
            ("Votre prélèvement a été rejeté, dernier rappel.",),
            (("Régler", "https://axa-pro-sante.click/"),),
        ),
        (
            "Vinci Autoroutes",
            "peage@ulys-facture.top",
            "Péage impayé",
            ("Un péage de 4,90 € reste impayé. Réglez sous 48h.",),
            (("Payer", "https://ulys-facture.top/"),),
        ),
    ),
    "swiss_health": (
        (
            "CSS Assurance",
            "service@css-remboursement.com",
            "Remboursement de prime",
            (
                "Bonjour,",
                "Vous êtes éligible à un remboursement de 214.60 CHF. Indiquez votre carte bancaire.",
            ),
            (("Recevoir le montant", "https://css-remboursement.com/fr"),),
        ),
        (
            "Assura",
            "info@assura-clients.info",
            "Facture en attente",
            ("Votre facture de prime est impayée. Dernier rappel avant poursuites.",),
            (("Payer maintenant", "https://assura-clients.info/p"),),
        ),
        (
            "Helsana",
            "kundendienst@helsana-rueckerstattung.shop",
            "Ihre Rückerstattung",
            (
                "Guten Tag,",
                "Eine Rückerstattung von CHF 178.40 wartet auf Sie. Bestätigen Sie Ihre Kreditkartendaten innerhalb von 24 Stunden.",
            ),
            (("Jetzt bestätigen", "https://helsana-rueckerstattung.shop/de"),),
        ),
        (
            "Groupe Mutuel",
            "support@baeckerei-huber.at",
            "Mise à jour de votre police",
            ("Mettez à jour vos informations pour conserver votre couverture.",),
            (("Espace client", "https://baeckerei-huber.at/gm"),),
        ),
        (
            "Swica",
            "swica@gesundheit-portal.top",
            "Bonus disponible",
            ("Un bonus de 100 CHF vous attend. Dernière chance.",),
            (("Bonus", "https://gesundheit-portal.top/b"),),
        ),
    ),
    "swiss_hin_post": (
        (
            "HIN",
            "support@hin-securemail.com",
            "Votre identité HIN expire",
            ("Cher membre,", "Votre identité HIN expire. Renouvelez-la avec votre mot de passe."),
            (("Renouveler", "https://hin-securemail.com/renew"),),
        ),
        (
            "Health Info Net",
            "admin@healthinfonet-ch.com",
            "Neues Login erforderlich",
            ("Ihr Zugang wird gesperrt. Bestätigen Sie Ihr Passwort umgehend.",),
            (("Anmelden", "https://healthinfonet-ch.com/l"),),
        ),
        (
            "La Poste Suisse",
            "info@swisspost-colis.click",
            "Votre envoi est retenu",
            ("Frais de douane de CHF 3.20 à régler.",),
            (("Payer", "https://swisspost-colis.click/"),),
        ),
        (
            "Die Post",
            "paket@zustellung-post.info",
            "Ihr Paket wartet",
            (
                "Die Lieferung ist fehlgeschlagen. Bitte Lieferadresse bestätigen, Versandkosten CHF 2.99.",
            ),
            (("Adresse bestätigen", "https://zustellung-post.info/ch"),),
        ),
        (
            "PostFinance",
            "sicherheit@pf-login.site",
            "Konto gesperrt",
            ("Ihr Konto wurde gesperrt. Identität bestätigen, sonst bleibt der Zugang gesperrt.",),
            (("Entsperren", "https://pf-login.site/"),),
        ),
    ),
    "swiss_state": (
        (
            "SwissPass",
            "service@swisspass-abo.online",
            "Votre abonnement a échoué",
            ("Le paiement de votre abonnement a été refusé. Mettez à jour vos informations.",),
            (("Mettre à jour", "https://swisspass-abo.online/"),),
        ),
        (
            "Administration fédérale des contributions",
            "estv@steuer-rueck.com",
            "Remboursement d’impôt",
            ("Un montant de 612 CHF sera remboursé. Complétez le formulaire.",),
            (("Formulaire", "https://steuer-rueck.com/f"),),
        ),
        (
            "fedpol",
            "convocation@police-ch.org",
            "Convocation",
            (
                "Une procédure est ouverte à votre nom. Répondez sous 48 heures, strictement confidentiel.",
            ),
            (),
        ),
        (
            "Swisscom",
            "rechnung@bluewin-kunden.shop",
            "Doppelte Zahlung",
            ("Ihre Rechnung wurde doppelt bezahlt: Rückerstattung CHF 89.00.",),
            (("Rückerstattung", "https://bluewin-kunden.shop/r"),),
        ),
        (
            "TWINT",
            "info@twint-verifikation.com",
            "Verifizierung erforderlich",
            ("Ihr Konto wird in 24 Stunden deaktiviert. Daten bestätigen.",),
            (("Verifizieren", "https://twint-verifikation.com/"),),
        ),
    ),
    "belgium": (
        (
            "INAMI",
            "info@inami-remboursement.be.com",
            "Remboursement en attente",
            (
                "Docteur,",
                "Un remboursement de 214 € vous attend. Confirmez vos coordonnées bancaires.",
            ),
            (("MyInami", "https://inami-remboursement.be.com/"),),
        ),
        (
            "bpost",
            "livraison@bpost-tracking.info",
            "Votre colis est bloqué",
            ("Frais de douane de 2,45 €. Votre colis sera renvoyé dans les 48 heures.",),
            (("Payer", "https://bpost-tracking.info/f"),),
        ),
        (
            "itsme",
            "no-reply@itsme-update.click",
            "Uw itsme-account is geblokkeerd",
            ("Uw account is geblokkeerd. Bevestig uw gegevens binnen 24 uur.",),
            (("Bevestigen", "https://itsme-update.click/nl"),),
        ),
        (
            "Mutualité Chrétienne",
            "info@kapsalon-anna.nl",
            "Vos attestations",
            ("Mettez à jour vos informations pour recevoir le remboursement de 38,20 €.",),
            (("Mon dossier", "https://kapsalon-anna.nl/mc"),),
        ),
        (
            "eHealth",
            "support@ehealth-platform.site",
            "Certificat eHealth expiré",
            ("Votre certificat a expiré. Réactivez votre accès avec votre pièce d’identité.",),
            (("Réactiver", "https://ehealth-platform.site/"),),
        ),
        (
            "FOD Financiën",
            "belasting@minfin-teruggave.com",
            "Teruggave",
            ("U heeft recht op een teruggave van 389 €. Gegevens bevestigen.",),
            (("Aanvragen", "https://minfin-teruggave.com/"),),
        ),
    ),
    "italian_ticino": (
        (
            "La Posta Svizzera",
            "pacchi@posta-consegna.info",
            "Il tuo pacco è in attesa",
            ("Spese di spedizione di CHF 2.99. Conferma entro 24 ore.",),
            (("Paga", "https://posta-consegna.info/it"),),
        ),
        (
            "Assura",
            "rimborso@assura-ti.shop",
            "Rimborso disponibile",
            ("Un rimborso di CHF 96 è disponibile. Inserisci il numero di carta.",),
            (("Ricevi", "https://assura-ti.shop/"),),
        ),
    ),
    "microsoft": (
        (
            "Microsoft 365",
            "admin@notif-o365.com",
            "Votre mot de passe expire aujourd’hui",
            (
                "Votre mot de passe expire aujourd’hui. Conservez le même mot de passe en cliquant ci-dessous.",
            ),
            (("Garder mon mot de passe", "https://notif-o365.com/k"),),
        ),
        (
            "Microsoft",
            "partage@ecole-montessori-arles.fr",
            "Document partagé : Ordonnances.xlsx",
            ("Un document a été partagé avec vous sur OneDrive.",),
            (("Ouvrir", "https://onedrive-partage.pages.dev/"),),
        ),
        (
            "OneDrive",
            "no-reply@stockage-cloud.icu",
            "Espace de stockage plein",
            (
                "Votre espace de stockage est plein. Vos fichiers seront définitivement supprimés sous 24h.",
            ),
            (("Augmenter", "https://stockage-cloud.icu/u"),),
        ),
        (
            "Μicrosoft Outlook",
            "team@vps-8812.com",
            "Activité inhabituelle",
            ("Une connexion inhabituelle a été détectée sur votre compte.",),
            (("Vérifier", "https://vps-8812.com/o"),),
        ),
    ),
    "docusign": (
        (
            "DocuSign",
            "dse@docs-sign-eu.com",
            "Contrat de remplacement à signer",
            ("Vous avez reçu un document à signer : contrat de remplacement.",),
            (("Consulter le document", "https://docs-sign-eu.com/e"),),
        ),
        (
            "WeTransfer",
            "noreply@wt-transfert.site",
            "Vous avez reçu des fichiers",
            ("Résultats_IRM.zip, 48 Mo. Expire aujourd’hui.",),
            (("Télécharger", "https://wt-transfert.site/d"),),
        ),
        (
            "Dropbox",
            "partage@plombier-75.fr",
            "Dossier patient partagé",
            ("Un dossier vous attend. Connectez-vous avec votre adresse et votre mot de passe.",),
            (("Voir le dossier", "https://dropbx-share.vercel.app/"),),
        ),
    ),
    "netflix_cpf": (
        (
            "Mon Compte Formation",
            "info@formation-cpf-2026.com",
            "Vos droits CPF expirent",
            ("Il vous reste 1 840 € d’heures disponibles, dernier délai vendredi.",),
            (("Utiliser mes droits", "https://formation-cpf-2026.com/"),),
        ),
        (
            "Netflix",
            "support@netflix-paiement.click",
            "Paiement refusé",
            ("Mettez à jour vos informations de paiement sous 24 heures.",),
            (("Mettre à jour", "https://netflix-paiement.click/"),),
        ),
        (
            "ANCV",
            "contact@cheque-vacances-2026.fun",
            "Chèques-vacances offerts",
            ("Félicitations, vous avez été sélectionné pour 450 € de chèques-vacances.",),
            (("J’en profite", "https://cheque-vacances-2026.fun/"),),
        ),
        (
            "Leclerc",
            "jeu@drive-promo.top",
            "Vous avez gagné un bon d’achat",
            (
                "Félicitations ! Participez au petit questionnaire et recevez un bon d’achat de 200 €.",
            ),
            (("Répondre", "https://drive-promo.top/q"),),
        ),
        (
            "EDF",
            "remboursement@edf-client.info",
            "Double prélèvement",
            ("Un trop-perçu de 78 € vous sera remboursé. Confirmez vos coordonnées bancaires.",),
            (("Remboursement", "https://edf-client.info/r"),),
        ),
        (
            "OVHcloud",
            "facture@ovh-renouvellement.net",
            "Votre domaine expire",
            ("Le domaine cabinet-exemple.fr sera suspendu sous 24h faute de paiement.",),
            (("Renouveler", "https://ovh-renouvellement.net/p"),),
        ),
        (
            "Orange",
            "service@messagerie-vocale.click",
            "Facture impayée",
            ("Votre ligne sera suspendue. Dernier rappel.",),
            (("Payer", "https://messagerie-vocale.click/f"),),
        ),
    ),
}


def _with_files() -> Iterator[Made]:
    page, empty = asking_page("Assurance Maladie"), ()
    rows = (
        ("Résultats", "labo@analyses-bio-centre.com", "Résultats de laboratoire", "Bonjour, veuillez trouver ci-joint les résultats. Ouvrez la page et connectez-vous.", "resultats.html", "text/html", page),
        ("HIN Secure Mail", "noreply@hin-secure.net", "Message sécurisé HIN", "Vous avez reçu un message sécurisé. Ouvrez la pièce jointe.", "secure-email.html", "text/html", asking_page("HIN")),
        ("Comptabilité", "compta@medi-fournitures.biz", "Facture en attente de règlement", "Bonjour, la facture est jointe. Mot de passe : 4471. Merci de régler sous 24h.", "Facture.zip", "application/zip", archive("facture.pdf", b"x" * 200, sealed=True)),
        ("Service facturation", "facturation@logi-sante.online", "Relance facture impayée", "Bonjour, dernier rappel avant mise en demeure. Voir la pièce jointe.", "Facture_114.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'><script>location='https://x.example'</script></svg>"),
        ("Docteur Lefèvre", "cabinet.lefevre@webmail-pro.live", "Courrier patient", "Cher confrère, ci-joint le courrier. Le code est : 8812", "courrier.zip", "application/zip", archive("courrier.docx", b"y" * 300, sealed=True)),
        ("Messagerie vocale", "voicemail@call-center-77.com", "Nouveau message vocal (0:42)", "Un message vocal vous attend dans la pièce jointe.", "message_vocal.htm", "text/html", page),
        ("Scanner", "scan@copieur-partage.com", "Document numérisé", "Document numérisé joint.", "Scan_0412.shtml", "text/html", page),
        ("Agence régionale de santé", "alerte@ars-sante-alerte.com", "Profil de configuration obligatoire", "Installez le profil joint sur le téléphone du cabinet avant ce soir.", "ARS.mobileconfig", "application/x-apple-aspen-config", b"<?xml version='1.0'?><plist><dict><key>PayloadType</key><string>Configuration</string></dict></plist>"),
        ("Impfzentrum", "info@impf-termin.shop", "Neue Rechnung", "Guten Tag, letzte Mahnung. Bitte öffnen Sie die Seite.", "Rechnung.html", "text/html", page),
    )  # fmt: skip
    for number, (name, address, subject, text, file, kind, content) in enumerate(rows):
        for turn, proven in enumerate(("pass", "none")):
            yield Made(
                title=f"file_{number}_{turn}", name=name, address=address, subject=subject,
                lines=(text,), links=empty, proven=proven, files=((file, kind, content),),
                html=bool(turn),
            )  # fmt: skip


def _in_person() -> Iterator[Made]:
    """Yield what a forger writes in somebody's name: no link, no attachment, a favour."""
    rows = (
        ("Dr Claire Martin", "dr.claire.martin.cabinet@gmail.com", "Disponible ?", "Bonjour, êtes-vous disponible ? Je suis en réunion et j’ai une tâche urgente à vous confier. Donnez-moi votre numéro WhatsApp."),
        ("Claire Martin", "direction8841@outlook.com", "Urgent", "J’ai besoin de cartes cadeaux pour une patiente, en toute confidentialité. Je vous rembourserai ce soir."),
        ("Dr Martin Claire", "claire.martin@cabinet-exemple.com", "Virement urgent", "Merci de faire un virement de 4 870 € aujourd’hui, je vous envoie le RIB. N’en parlez à personne."),
        ("Claire MARTIN", "c.martin@consultant.com", "Changement de RIB", "Bonjour, merci de modifier mes coordonnées bancaires pour mon prochain salaire : voici mon nouveau RIB."),
        ("Cabinet comptable Duval", "duval.compta@gmail.com", "Nouvelles coordonnées bancaires", "Madame, nos coordonnées bancaires ont changé. Le nouvel IBAN est joint, merci de régler votre facture en attente sous 48 heures."),
        ("Laboratoire Biolam", "biolam-facturation@outlook.fr", "Changement de RIB", "Bonjour, suite à un changement de banque, voici notre nouveau RIB. Merci d’effectuer un virement avant vendredi."),
        ("Police judiciaire", "brigade.mineurs.pj@gmail.com", "Convocation", "Vous faites l’objet de poursuites. Répondez sous 24 heures, à défaut un mandat sera émis. Strictement confidentiel."),
        ("Support informatique", "support.it.medical@gmail.com", "Mot de passe", "Votre mot de passe expire. Répondez avec votre identifiant et votre mot de passe pour le conserver."),
        ("Notaire Me Bernard", "etude.bernard.notaire@yahoo.com", "Dossier de succession", "Vous êtes bénéficiaire d’un héritage de 2 millions d’euros. Envoyez une copie de votre pièce d’identité."),
        ("Dr. Peter Keller", "praxis.keller.privat@gmx.ch", "Sind Sie verfügbar?", "Ich bin in einer Besprechung. Sind Sie verfügbar? Ich brauche Geschenkkarten, bitte vertraulich behandeln."),
    )  # fmt: skip
    for number, (name, address, subject, text) in enumerate(rows):
        for turn, proven in enumerate(("pass", "none")):
            yield Made(
                title=f"person_{number}_{turn}", name=name, address=address, subject=subject,
                lines=("Bonjour," if turn else "", text), proven=proven, html=not turn,
                reply_to="" if turn else "reponse.rapide77@gmail.com",
            )  # fmt: skip
