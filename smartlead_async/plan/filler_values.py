"""Values of cells that programs and people write where there is no value."""

from __future__ import annotations

from typing import Final

_WORDS: Final = (
    "null", "(null)", "<null>", "[null]", "{null}", "none", "(none)", "<none>", "[none]", "nil", "nan",
    "<na>", "<nan>", "undefined", "n/a", "#n/a", "#n/a n/a", "n.a.", "n.a", "n/a.", "(n/a)", "(blank)",
    "(empty)", "blank", "empty", "not available", "not provided", "not found", "no data", "no value",
    "unknown", "missing", "tbd", "not applicable", "not specified", "not known", "none given", "not set",
    "no name", "unbekannt", "nicht bekannt", "inconnu", "non renseigné", "desconocido", "desconhecido",
    "onbekend", "sconosciuto", "nieznany", "k.a.", "keine angabe", "s/o", "n/d", "b/d", "nvt", "n.v.t.",
    "brak",
    # Two empty values joined by a program
    "null null", "none none", "nan nan", "undefined undefined", "unknown unknown", "n/a n/a",
    # Excel's errors, also in German, French, Spanish, Portuguese, Dutch, Italian, Polish and Russian
    "#ref!", "#value!", "#name?", "#div/0!", "#num!", "#null!", "#error!", "#error", "#spill!", "#calc!",
    "#ref", "#value", "#name", "#div/0", "#num", "#null",
    "#blank!", "[blank]", "(unknown)", "[unknown]", "tbc", "invalid date",
    "#getting_data", "#field!", "#blocked!", "#connect!", "#unknown!", "#busy!",
    "#nv", "#bezug!", "#wert!", "#zahl!", "#valeur!", "#nom?", "#nombre!", "#nul!", "#¡ref!", "#¡valor!",
    "#¿nombre?", "#¡num!", "#¡nulo!", "#¡div/0!", "#n/d", "#valor!", "#nome?", "#núm!", "#nulo!", "#waarde!",
    "#verw!", "#naam?", "#getal!", "#leeg!", "#n/b", "#deel/0!", "#valore!", "#rif!", "#adr!", "#arg!",
    "#nazwa?", "#liczba!", "#zero!", "#dzl/0!", "#н/д", "#ссылка!", "#знач!", "#имя?", "#дел/0!", "#число!",
)  # fmt: skip

_SIGNS: Final = (
    "-", "--", "---", "- -", "–", "—", "―", "_", "__", ".", "..", "...", "…", "?", "??", "???", "\\N", "NA",
    "na", "N A", "NaN", "NaN NaN", "k.A.", "k. A.", "[]", "{}", "()", '""', "''", "[object Object]",
    "*", "/", ",", ";", ":", "#", "########", "#####", "######", "#######",
    "NaT", "Invalid Date",
    # The dates of the number 0
    "1899-12-30", "1899-12-31", "30.12.1899", "31.12.1899", "30/12/1899", "12/30/1899", "12/31/1899",
    "1900-01-00", "1/0/1900", "01/00/1900", "00.01.1900", "00/01/1900", "0000-00-00", "0000-00-00 00:00:00",
)  # fmt: skip


def _forms(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(form for word in words for form in (word, word.upper(), word.capitalize(), word.title()))


MEANINGLESS: Final = _forms(_WORDS) | frozenset(_SIGNS)
"""Values that stand for no value, in the spellings in which programs write them."""

STAND_INS: Final = _forms((
    "first name", "last name", "first_name", "last_name", "firstname", "lastname", "fname", "lname",
    "surname",
    "name", "full name", "your name", "company", "company name", "company_name", "your company", "vorname",
    "nachname", "prénom", "voornaam", "achternaam", "cognome", "imię", "nazwisko", "test", "test test",
    "dummy", "placeholder", "lorem ipsum", "asdf", "qwerty", "xxx",
    "john doe", "jane doe", "max mustermann", "erika mustermann", "firstname lastname",
    "first last", "first name last name", "info", "admin", "there", "customer",
    "sir/madam", "sir or madam", "n.n.", "n. n.", "true", "false",
)) | {
    "FirstName", "LastName", "CompanyName", "firstName", "lastName", "companyName",
}  # fmt: skip
"""Values in place of the name of a person or a company: names of columns, words of testers, booleans."""
