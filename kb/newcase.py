"""A new case file from a few answers: filled in where that is possible, TODO where it is not.

Lint names each TODO that is left and finds nothing else, so that "lint is clean" means "done".
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kb.casefile import to_flow
from kb.formatting import format_case_text
from kb.gazetteer import Location, japanese_name, plain_name, region_in_latin, same_name
from kb.model import ABSTRACT_LANGS, LANGS, SCHEMA_VERSION, Case
from kb.taxonomy import taxonomy

TODO = "TODO"


Entry = Mapping[str, Any]  # of a KPI or a result: keys and values as the case file has them


@dataclass(frozen=True)
class SourceAnswer:
    """A source as far as it is known; without an id it is numbered s1, s2 … in order."""

    url: str | None = None
    title: str | None = None
    publisher: str | None = None
    kind: str | None = None
    lang: str | None = None
    year: int | str | None = None
    described: bool = False
    id: str | None = None


@dataclass(frozen=True)
class Answers:
    """What somebody who knows a case says of it.

    What every case needs and is not said becomes a TODO, the rest stays out. A number that was
    said in words is kept as a text, for lint to judge.
    """

    country: str
    region: str
    municipalities: Sequence[str]
    latin: str  # the place in Latin letters, for the id and for search
    subject: str  # a few English words, for the id
    aliases: Sequence[str] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    summaries: Mapping[str, str] = field(default_factory=dict)
    abstracts: Mapping[str, str] = field(default_factory=dict)
    situations: Mapping[str, Sequence[str]] = field(default_factory=dict)
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)  # see default_names
    coordinates: Entry = field(default_factory=dict)  # lat and lon, where they were said
    population: Entry = field(default_factory=dict)
    drivers: Mapping[str, str] = field(default_factory=dict)  # driver to reason ("" is a TODO)
    plan_category: str | None = None
    plan_kind: str | None = None
    topics: Sequence[str] = ()  # the most important first
    see_also: Sequence[str] = ()  # ids, the most alike first
    setting: str | None = None
    start: int | str | None = None
    end: int | str | None = None
    kpis: Sequence[Entry] = ()
    results: Sequence[Entry] = ()
    pdca: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sources: Sequence[SourceAnswer] = ()
    texts: Mapping[str, str] = field(default_factory=dict)  # section key to Markdown


# What an entry cannot do without; its source is asked for by a finding of its own.
NEEDED = {"kpis": ("name", "tier", "theme"), "results": ("what", "value")}


def slug(text: str) -> str:
    """Lower-case letters, digits and hyphens: "Kami-katsu Zero Waste" as kami-katsu-zero-waste."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def case_id(answers: Answers) -> str:
    """``country-region-place-subject``."""
    known = region_in_latin(answers.country, answers.region)
    region = known or slug(re.sub(r"[-\s](prefecture|county|ken)$", "", answers.region.lower()))
    place = slug(re.sub(r"-(shi|cho|machi|son|mura|ku)$", "", answers.latin.strip().lower()))
    parts = [answers.country.lower(), region, place, slug(answers.subject)]
    return "-".join(part for part in parts if part)[:100].rstrip("-")


def default_names(municipalities: Sequence[str], latin: str) -> dict[str, list[str]]:
    """The names by language that follow from those of the municipalities."""
    japanese = [japanese_name(name) for name in municipalities if name and not name.isascii()]
    return {"ja": list(dict.fromkeys(japanese)), "en": [latin] if latin else []}


def similar_cases(answers: Answers, cases: Iterable[Case]) -> list[Case]:
    """Cases that may be this one: of the same municipality, or sharing a proper name with it."""
    own = [name for names in answers.names.values() for name in names]
    given = {_folded(name) for name in (*own, *answers.titles.values()) if name.strip()}
    found = []
    for case in cases:
        same_place = case.place.country == answers.country and any(
            same_name(name, municipality)
            for name in case.place.municipalities
            for municipality in answers.municipalities
        )
        theirs = {_folded(name) for name in (*case.place.names.all(), case.title.zh_hant)}
        if same_place or given & theirs:
            found.append(case)
    return found


def _folded(name: str) -> str:
    return plain_name(name).casefold()


def new_case_text(
    answers: Answers,
    identity: str,
    location: Location | None,
    today: dt.date,
    *,
    outline: bool = True,
) -> str:
    """The text of the case file, in canonical form.

    With ``outline`` every section is there, with what belongs into it where nothing was said, and
    sources that nothing cites are put where they are seen; without it sections that nothing was
    said of are left out.
    """
    front = {
        "schema": SCHEMA_VERSION,
        "id": identity,
        **({"aliases": list(answers.aliases)} if answers.aliases else {}),
        "title": _localised(answers.titles),
        "summary": _localised(answers.summaries),
        **_abstract(answers.abstracts),
        **_lists("situations", answers.situations),
        "place": _place(answers, location),
        **_period(answers),
        "drivers": {key: reason or TODO for key, reason in answers.drivers.items()} or {TODO: TODO},
        "plan_category": answers.plan_category or TODO,
        **({"plan_kind": answers.plan_kind} if answers.plan_kind else {}),
        **({"topics": list(answers.topics)} if answers.topics else {}),
        **({"see_also": list(answers.see_also)} if answers.see_also else {}),
        **{
            name: [_entry(name, entry) for entry in entries]
            for name, entries in (("kpis", answers.kpis), ("results", answers.results))
            if entries
        },
        **_lists("pdca", answers.pdca),
        "sources": [_source(f"s{n}", s) for n, s in enumerate(_sources(answers), start=1)],
        "updated": today,
    }
    head = "\n".join(f"{key}: {to_flow(value)}" for key, value in front.items())
    body = _outline(answers) if outline else _body(answers)
    return format_case_text(f"---\n{head}\n---\n{body}", identity)


def _localised(texts: Mapping[str, str]) -> dict[str, str]:
    return {lang: _one_line(texts.get(lang, "")) or TODO for lang in LANGS}


def _abstract(texts: Mapping[str, str]) -> dict[str, Any]:
    said = {lang: _one_line(texts.get(lang, "")) for lang in ABSTRACT_LANGS}
    said = {lang: text for lang, text in said.items() if text}
    return {"abstract": said} if said else {}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _place(answers: Answers, location: Location | None) -> dict[str, Any]:
    known = default_names(answers.municipalities, answers.latin)
    names = {lang: [*(answers.names.get(lang) or known.get(lang, []))] for lang in LANGS}
    place: dict[str, Any] = {
        "country": answers.country or TODO,
        "region": answers.region or TODO,
        "municipalities": list(answers.municipalities) or [TODO],
        "names": {
            **({"zh-Hant": names["zh-Hant"]} if names["zh-Hant"] else {}),
            "ja": names["ja"],
            "en": names["en"] or [TODO],
        },
        "setting": answers.setting or TODO,
    }
    if answers.coordinates:
        place |= answers.coordinates
    elif location is not None:
        place |= {"lat": location.lat, "lon": location.lon}
    if answers.population:
        place["population"] = {"value": TODO, **answers.population}
    return place


def _period(answers: Answers) -> dict[str, Any]:
    given = {"start": answers.start, "end": answers.end}
    period = {key: value for key, value in given.items() if value is not None}
    return {"period": period} if period else {}


def _lists(name: str, lists: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    kept = {key: list(said) for key, said in lists.items() if said}
    return {name: kept} if kept else {}


def _entry(name: str, entry: Entry) -> dict[str, Any]:
    return {**dict.fromkeys(NEEDED[name], TODO), **entry}


def _sources(answers: Answers) -> Sequence[SourceAnswer]:
    return answers.sources or [SourceAnswer()]


def _source(source_id: str, source: SourceAnswer) -> dict[str, Any]:
    optional = {
        "described": source.described,
        "publisher": source.publisher,
        "url": source.url,
        "lang": source.lang,
        "year": source.year,
    }
    return {
        "id": source.id or source_id,
        "kind": source.kind or TODO,
        "title": source.title or TODO,
        **{key: value for key, value in optional.items() if value},
    }


def _body(answers: Answers) -> str:
    """The sections of which something was said; a TODO in the first if nothing was."""
    said = {key: answers.texts.get(key, "").strip() for key in taxonomy().sections}
    if not any(said.values()):
        said[next(iter(said))] = TODO
    label = {key: term.label.zh_hant for key, term in taxonomy().sections.items()}
    return "\n".join(f"## {label[key]}\n{text}\n" for key, text in said.items() if text)


def _outline(answers: Answers) -> str:
    """Every section with what was said, else what belongs there; every source is cited once."""
    ids = [s.id or f"s{n}" for n, s in enumerate(_sources(answers), start=1)]
    parts: list[str] = []
    for key, term in taxonomy().sections.items():
        text = answers.texts.get(key, "").strip()
        hint = term.definition.zh_hant if term.definition else ""
        if not text:
            text = f"{TODO} {hint}" if not parts else f"- {TODO} {hint}"
        if not parts and not any(f"[^{source}]" in text for source in ids):
            marks = "".join(f"[^{source}]" for source in ids)
            text = f"{text.rstrip()}\n\n{TODO} 註腳放到所屬的句子：{marks}"
        parts.append(f"## {term.label.zh_hant}\n{text}\n")
    return "\n".join(parts)
