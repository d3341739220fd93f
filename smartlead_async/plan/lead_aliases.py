"""The headers of lead fields in the exports of many tools and in eleven languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "email": (
        "email", "emailaddress", "workemail", "businessemail", "professionalemail", "companyemail",
        "corporateemail", "primaryemail", "contactemail", "emailwork", "mail",
        # German, French, Spanish, Portuguese, Dutch, Italian, Polish
        "emailadresse", "mailadresse", "emailgeschaftlich", "geschaftlicheemail",
        "adresseemail", "adressemail", "adressedemail", "adresseelectronique", "courriel",
        "emailprofessionnel", "mailprofessionnel", "emailpro", "mailpro",
        "correo", "correoelectronico", "direccioncorreo", "direcciondecorreo", "direcciondecorreoelectronico",
        "correocorporativo", "direcciondeemail",
        "correioeletronico", "correioelectronico", "enderecodeemail", "emailcorporativo",
        "emailprofissional", "emailadres", "mailadres", "zakelijkeemail", "zakelijkemailadres",
        "indirizzoemail", "indirizzodiposta", "indirizzodipostaelettronica", "postaelettronica",
        "indirizzomail", "emailaziendale",
        "adresemail", "adresmail", "adrespocztyelektronicznej", "pocztaelektroniczna", "poczta",
        "emailsluzbowy", "adresemailsluzbowy",
        "emailadressegeschaftlich", "geschaftlicheemailadresse", "firmenemail", "kontaktemail", "epost",
        "emailprofessionnelle", "adresseemailprofessionnelle", "adressemailprofessionnelle",
        "courrielprofessionnel", "adressecourriel", "emailducontact",
        "correoprofesional", "correodetrabajo", "correoempresarial", "emaildetrabajo", "direccionemail",
        "direccioncorreoelectronico", "correoelectronicocorporativo", "emailcomercial", "emaildetrabalho",
        "enderecoeletronico", "enderecodecorreioeletronico", "werkemail", "emailzakelijk", "werkmail",
        "emailadreszakelijk", "emailadreswerk", "emaildilavoro", "emaillavoro", "indirizzoemailaziendale",
        "emailfirmowy", "adresemailfirmowy", "emailkontaktowy",
        # Swedish, Norwegian, Danish; Google Contacts
        "epostadress", "epostadresse", "email1value", "emailvalue", "email1",
        "personalemail",
    ),
    "first_name": (
        "firstname", "givenname", "contactfirstname", "personfirstname", "fname", "first", "forename",
        "vorname", "rufname", "prenom", "nombre", "nombredepila", "primernombre", "primeironome", "nome",
        "nomeproprio", "voornaam", "roepnaam", "nomedibattesimo", "imie",
        "vornameansprechpartner", "prenomducontact", "prenomcontact", "nombres", "nombrecontacto",
        "nombredelcontacto", "prenome", "nomedocontato", "voornamen", "nomecontatto", "imiekontaktu",
        "fornamn", "fornavn", "tilltalsnamn",
    ),
    "last_name": (
        "lastname", "surname", "familyname", "contactlastname", "personlastname", "lname", "last",
        "nachname", "familienname", "zuname", "nomdefamille", "apellido", "apellidos", "primerapellido",
        "sobrenome", "apelido", "ultimonome", "achternaam", "familienaam", "cognome", "nazwisko",
        "nachnameansprechpartner", "nomducontact", "apellido1", "apelidos", "nomedefamilia",
        "cognomecontatto", "nazwiskokontaktu", "efternamn", "etternavn", "efternavn",
    ),
    "company_name": (
        "companynameforemails", "companyname", "company", "currentcompany", "organizationname",
        "organisationname", "organization", "organisation", "associatedcompany", "accountname", "employer",
        "firma", "firmenname", "firmenbezeichnung", "unternehmen", "unternehmensname", "arbeitgeber",
        "entreprise", "nomentreprise", "nomdelentreprise", "societe", "nomsociete", "nomdelasociete",
        "raisonsociale", "employeur", "empresa", "nombreempresa", "nombredelaempresa", "nombredeempresa",
        "razonsocial", "compania", "nomedaempresa", "nomeempresa", "razaosocial", "companhia",
        "bedrijf", "bedrijfsnaam", "organisatie", "naambedrijf", "werkgever",
        "azienda", "nomeazienda", "nomedellazienda", "ragionesociale", "societa", "impresa",
        "nazwafirmy", "przedsiebiorstwo", "spolka", "pracodawca",
        "denominationsociale", "nomdesociete", "nomdentreprise", "organizacion", "nombrecompania",
        "organizacao", "nomedaorganizacao", "naamorganisatie", "onderneming", "organizzazione", "ditta",
        "denominazione", "organizacja", "nazwaprzedsiebiorstwa", "foretag", "foretagsnamn", "virksomhed",
        "virksomhet", "bedrift", "firmanavn", "firmanamn", "organization1name",
    ),
    "phone_number": (
        "phonenumber", "phone", "workdirectphone", "directphone", "workphone", "mobilephone",
        "mobilephonenumber", "mobile", "telephone", "corporatephone", "companyphone", "homephone",
        "otherphone",
        "telefonnummer", "telefon", "rufnummer", "durchwahl", "telefongeschaftlich", "mobilnummer", "mobil",
        "mobiltelefon", "handynummer", "handy", "numerodetelephone", "notelephone", "tel", "portable",
        "telephoneportable", "numerodetelefono", "telefono", "telefonofijo", "telefonomovil", "movil",
        "celular", "numerodetelefone", "telefone", "telemovel", "telefonecelular", "telefoonnummer",
        "telefoon", "mobielnummer", "mobiel", "gsm", "numeroditelefono", "cellulare", "telefonocellulare",
        "numertelefonu", "nrtelefonu", "telefonkomorkowy", "komorka",
        "telefonnr", "telefonmobil", "telephonemobile", "telephonefixe", "telmobile", "telefonodecontacto",
        "numerotelefono", "numerodetelemovel", "telefoonmobiel", "mobieletelefoon", "telnr",
        "numerodicellulare", "numerocellulare", "numertelefonukomorkowego", "telefonsluzbowy", "nrtel",
        "mobiltelefonnummer", "phone1value",
    ),
    "website": (
        "website", "websiteurl", "homepage", "web", "webseite", "internetseite", "internetadresse",
        "siteweb", "siteinternet", "site", "sitioweb", "paginaweb", "sitedaweb", "paginadaweb", "sitoweb",
        "sito", "sitointernet", "stronawww", "stronainternetowa", "www", "witryna",
        "hemsida", "webbplats", "nettside", "nettsted", "hjemmeside", "website1value",
    ),
    "location": (
        "location", "personlocation", "contactlocation", "standort", "localisation", "emplacement",
        "ubicacion", "localizacion", "localizacao", "locatie", "standplaats", "localita", "ubicazione",
        "lokalizacja", "miejsce",
    ),
    "linkedin_profile": (
        "linkedinprofile", "personlinkedinurl", "linkedinprofileurl", "linkedinurl", "personlinkedin",
        "contactlinkedinurl", "linkedin", "salesnavigatorurl", "profileurl", "linkedinprofil",
        "linkedinlink", "profillinkedin", "urllinkedin", "lienlinkedin", "perfillinkedin",
        "perfildelinkedin", "perfildolinkedin", "perfilnolinkedin", "linkedinprofiel", "profielvanlinkedin",
        "profilolinkedin", "profilnalinkedin", "adreslinkedin",
    ),
    "company_url": (
        "companyurl", "companywebsite", "companywebsiteurl", "companydomain", "companydomainname",
        "firmenwebsite", "firmenwebseite", "unternehmenswebsite", "unternehmenswebseite", "firmendomain",
        "sitedelentreprise", "sitewebdelentreprise", "sitiowebdelaempresa",
        "webdelaempresa", "sitedaempresa", "websitedaempresa", "bedrijfswebsite", "websitebedrijf",
        "sitoaziendale", "sitowebaziendale", "sitodellazienda", "stronafirmy", "stronafirmowa", "wwwfirmy",
    ),
}  # fmt: skip
"""The headers of each lead field, most specific first, in the form of :func:`alias_form`.

If a file has several headers of a field, the first in this order is the field, and the others become custom
fields.
"""


_WITHOUT_DECOMPOSITION: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})


_NO_DIGITS_NOR_LETTERS: Final = re.compile(r"[\W_]+")


_LAST_NAMES_BESIDE: Final = {
    "name": "vorname", "nom": "prenom", "naam": "voornaam", "namn": "fornamn", "navn": "fornavn",
}  # fmt: skip
"""Headers that mean a last name in a list that also has this column of first names."""


def last_name_beside_first(headers: Sequence[str]) -> int | None:
    """Return the position of a column such as ``Nom`` in ``Prénom, Nom``, or None."""
    forms = [alias_form(header) for header in headers]
    found = (i for i, form in enumerate(forms) if _LAST_NAMES_BESIDE.get(form) in forms)
    return next(found, None)


def alias_form(header: str) -> str:
    """Return a header without case, accents, whitespace and punctuation."""
    folded = unicodedata.normalize("NFKD", header).casefold().translate(_WITHOUT_DECOMPOSITION)
    return _NO_DIGITS_NOR_LETTERS.sub("", folded)


_RANKS: Final = {alias: (field, rank) for field, names in ALIASES.items() for rank, alias in enumerate(names)}


def field_and_rank(header: str) -> tuple[str, int] | None:
    """Return the lead field that a header stands for and how specific it is (0 is most), or None.

    The name of a field itself is more specific than any other header.
    """
    found = _RANKS.get(alias_form(header))
    if found is not None and found[0] == header.strip():
        return found[0], -1
    return found


def is_address_header(header: str) -> bool:
    """Return whether a header is known as that of a column of addresses."""
    found = field_and_rank(header.strip())
    return found is not None and found[0] == "email"
