"""From a filled issue form to a case file: for people who know a case but not git.

The form is ``.github/ISSUE_TEMPLATE/propose-case.yml``; GitHub hands it on as Markdown with a
heading for each question. Everything in it is text from a stranger: it is only ever written into
the case file, as quoted values and as body text, and lint judges it there.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from kb.errors import FormError
from kb.gazetteer import locate
from kb.integrity import is_web_url
from kb.model import Case
from kb.newcase import Answers, SourceAnswer, case_id, new_case_text
from kb.taxonomy import Facet, taxonomy

# Each question of the form by the words in brackets at the end of its label.
_HEADING = re.compile(r"^### .*\[([a-z-]+)\][ \t]*\r?$", re.MULTILINE)
_EMPTY = "_No response_"
_REQUIRED = ("country", "region", "municipality", "latin", "subject")
_URL = re.compile(r"https?://[^\s<>\"'，。、；）)\]]+")
_CHOSEN = re.compile(r"^([a-z-]+|[A-Z]{2})\b")
_TICKED = re.compile(r"^- \[[xX]\] ([a-z-]+)\b", re.MULTILINE)
MAX_FORM = 100_000


def read_form(body: str) -> dict[str, str]:
    """The answers of a filled form by the name of their question; empty ones are left out."""
    if len(body) > MAX_FORM:
        raise FormError(f"the form has more than {MAX_FORM} characters")
    body = body.replace("\r\n", "\n")
    marks = list(_HEADING.finditer(body))
    found: dict[str, str] = {}
    for number, mark in enumerate(marks, start=1):
        end = marks[number].start() if number < len(marks) else len(body)
        answer = body[mark.end() : end].strip()
        if answer and answer != _EMPTY:
            found.setdefault(mark.group(1), answer)
    return found


def answers_of(form: dict[str, str]) -> Answers:
    """What the form says of a case; raises :class:`FormError` naming what it lacks."""
    lacking = [name for name in _REQUIRED if not form.get(name)]
    if lacking:
        raise FormError(f"the form lacks {', '.join(lacking)}")
    country = _chosen(form, "country", "countries")
    if country is None:
        raise FormError(f"{form['country'][:40]!r} is not a country of the casebook")
    for name in ("latin", "subject"):
        if not form[name].isascii():
            raise FormError(f"{name} has to be in Latin letters")
    drivers = [d for d in _TICKED.findall(form.get("drivers", "")) if d in taxonomy().drivers]
    return Answers(
        country=country,
        region=_line(form["region"]),
        municipalities=[_line(form["municipality"])],
        latin=_line(form["latin"]),
        subject=_line(form["subject"]),
        titles={
            "zh-Hant": _line(form.get("title", "")),
            "ja": _line(form.get("title-ja", "")),
            "en": _line(form.get("title-en", "")),
        },
        drivers=dict.fromkeys(drivers, ""),
        plan_category=_chosen(form, "category", "plan_categories"),
        setting=_chosen(form, "setting", "settings"),
        sources=[SourceAnswer(url=url) for url in _urls(form.get("sources", ""))],
        texts={key: _body_text(form[key]) for key in taxonomy().sections if key in form},
    )


def case_from_form(body: str, cases: Iterable[Case], today: dt.date) -> tuple[str, str]:
    """(id, text of the case file) of a filled form; raises :class:`FormError`."""
    answers = answers_of(read_form(body))
    location = locate(answers.country, answers.region, answers.municipalities[0], cases)
    identity = case_id(answers)
    return identity, new_case_text(answers, identity, location, today)


def _line(text: str) -> str:
    """One line of printable text."""
    words = " ".join(text.split())
    return "".join(char for char in words if char.isprintable())


def _chosen(form: dict[str, str], name: str, facet: Facet) -> str | None:
    """A choice of a drop-down: its label begins with the value."""
    match = _CHOSEN.match(form.get(name, ""))
    return match.group(1) if match and match.group(1) in taxonomy().terms(facet) else None


def _urls(text: str) -> list[str]:
    found = dict.fromkeys(url.rstrip(".,") for url in _URL.findall(text))
    return [url for url in found if is_web_url(url)]


def _body_text(text: str) -> str:
    """Body text without headings and rules of its own, which would cut the file in two."""
    lines = (re.sub(r"^\s{0,3}(#+\s*|-{3,}\s*$|={3,}\s*$)", "", line) for line in text.split("\n"))
    kept = "\n".join(line.replace("\t", " ").rstrip() for line in lines)
    return "".join(char for char in kept if char == "\n" or char.isprintable()).strip()
