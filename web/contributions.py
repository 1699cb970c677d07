"""What the form for a case shows beside its fields: choices with their definitions, what lint
says at each field, and where the finished file goes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from babel import Locale

from api import schemas
from kb.assembled import Assembled, Told
from kb.caseform import CaseForm, known_regions
from kb.model import MAX_TOPICS
from kb.prose import (
    ABSTRACT_CHARACTERS,
    ABSTRACT_WORDS,
    SUMMARY_CHARACTERS,
    SUMMARY_WORDS,
)
from kb.settings import Settings
from kb.taxonomy import Facet, Term, taxonomy
from web.i18n import Translator

MAX_FIELDS = 2_000
# GitHub answers 414 to an address of more than 8,191 bytes (github/docs issue 5136).
MAX_ADDRESS = 8_000
LANGUAGES = ("zh-Hant", "ja", "en", "zh-Hans", "ko", "de", "fr", "es", "it", "pt", "da")

# What one can do with the form; those with a second part say to which row or tag.
DEEDS = re.compile(
    r"(?P<deed>check|lint|read|preview|download)\Z"
    r"|add-(?P<added>sources|kpis|results)\Z"
    r"|remove-(?P<removed>sources|kpis|results)-(?P<row>\d{1,2})\Z"
    r"|use-(?P<facet>drivers|topics|plan_category|setting)-(?P<value>[a-z-]{1,40})\Z"
)

# Findings for which the form has words of its own: a person there writes no YAML.
OWN_WORDS = frozenset({"figure-without-source", "unknown-source", "wrong-type", "duplicate-id"})


@dataclass(frozen=True)
class Handover:
    """Where a finished file goes: addresses in the repository, if the site knows one."""

    name: str
    new: str | None = None
    filled: bool = False  # whether ``new`` brings the text along
    upload: str | None = None
    edit: str | None = None

    @classmethod
    def of(cls, made: Assembled, settings: Settings, *, known: bool) -> Handover:
        """For a file as it is now; ``known``: the casebook has a case of that id."""
        if not settings.repository_url:
            return cls(made.path.name)
        repository = settings.repository_url.rstrip("/")
        folder = quote(made.path.parent.as_posix())
        if known:
            return cls(made.path.name, edit=f"{repository}/edit/main/{folder}/{made.path.name}")
        named = f"{repository}/new/main/{folder}?{urlencode({'filename': made.path.name})}"
        filled = f"{named}&{urlencode({'value': made.text})}"
        fits = len(filled) <= MAX_ADDRESS
        return cls(
            made.path.name,
            new=filled if fits else named,
            filled=fits,
            upload=f"{repository}/upload/main/{folder}",
        )


@dataclass(frozen=True)
class FormView:
    """One view of the form. ``answer`` is None before anything was checked for its meaning."""

    t: Translator
    form: CaseForm
    made: Assembled
    answer: schemas.CaseCheckAnswer | None
    handover: Handover
    original: str = ""  # the id of the case that is corrected, empty for a new one
    left_out: Sequence[str] = ()  # of a file that was read in: what the form has no field for
    notice: str = ""  # a message about the last deed, by its key

    def value(self, name: str) -> str:
        """What a field holds, of a row too."""
        kind, _, rest = name.partition(".")
        number, _, key = rest.partition(".")
        rows = self.form.rows.get(kind)
        if rows is not None and number.isdigit():
            return rows[int(number)].get(key, "") if int(number) < len(rows) else ""
        return self.form.value(name)

    def is_gap(self, name: str) -> bool:
        """Whether a field is still to be filled in."""
        return any(told.is_gap for told in self.made.at(name))

    def mistakes(self, name: str) -> list[Told]:
        """What is to be mended at a field."""
        return [told for told in self.made.at(name) if not told.is_gap]

    def message(self, told: Told) -> str:
        """What is wrong, in the language of the page."""
        return told.finding.message.get(self.t.lang)

    def remedy(self, told: Told) -> str:
        """How to mend it."""
        if told.finding.code in OWN_WORDS:
            return self.t(f"contribute.remedy.{told.finding.code}")
        return told.finding.remedy.get(self.t.lang)

    def label(self, name: str) -> str:
        """What a field is called, with the row that it stands in."""
        kind, _, rest = name.partition(".")
        if kind in ("title", "summary", "abstract", "situations"):
            language = self.t(f"contribute.in_{rest.partition('-')[0]}")
            return self.t(f"contribute.{kind}_in", language=language)
        if kind in ("sections", "drivers") and rest:
            return taxonomy().terms(_CHOICES[kind])[rest].label.get(self.t.lang)
        if kind == "topics" and rest:
            first = rest == "0"
            which = "contribute.topic_first" if first else "contribute.topic_nth"
            return self.t(which) if first else self.t(which, n=int(rest) + 1)
        number, _, key = rest.partition(".")
        if number.isdigit():
            row = self.value(f"{name.rpartition('.')[0]}.id") or str(int(number) + 1)
            part = self.t(f"contribute.part.{kind}").partition(" ")[2]
            return f"{part} {row}: {self._named(f'{kind}.{key}')}"
        return self._named(name)

    @property
    def topics(self) -> list[str]:
        """The fields of topics: those that are filled in and one more, four at least."""
        names = [f"topics.{number}" for number in range(MAX_TOPICS)]
        filled = max((n + 1 for n, name in enumerate(names) if self.value(name)), default=0)
        return names[: max(filled + 1, SHOWN_TOPICS)]

    @property
    def regions(self) -> list[str]:
        """The regions of the country that was chosen, as far as they are known."""
        return known_regions(self.form.value("place.country"))

    @staticmethod
    def anchor(name: str) -> str:
        """Where on the page a field is."""
        kind, _, rest = name.partition(".")
        if name == "drivers":
            return "drivers-label"
        if rest.endswith(".id"):
            return f"row-{kind}-{rest.partition('.')[0]}"
        return f"f-{name.replace('.', '-')}"

    def _named(self, name: str) -> str:
        return self.t(_LABELS[name]) if name in _LABELS else name

    def options(self, name: str) -> list[tuple[str, Term]]:
        """The terms that a field chooses from."""
        last = name.rpartition(".")[2]
        if name.startswith("topics."):
            return list(taxonomy().topics.items())
        return list(taxonomy().terms(_CHOICES[last if last in _CHOICES else name]).items())

    def languages(self, chosen: str) -> list[tuple[str, str]]:
        """(code, name) of the languages of sources, with one that was chosen otherwise."""
        names = Locale.parse({"zh-Hant": "zh_Hant_TW"}.get(self.t.lang, self.t.lang)).languages
        known = [(code, names.get(code.replace("-", "_"), code)) for code in LANGUAGES]
        return known if not chosen or chosen in LANGUAGES else [*known, (chosen, chosen)]

    @property
    def sources(self) -> list[tuple[str, str]]:
        """(id, title) of the sources, for figures and footnotes."""
        return self.form.source_ids()

    def suggestions(self) -> list[tuple[str, list[str], list[str]]]:
        """(facet, suggested, doubtful), as far as there is something to say."""
        found = []
        for tags in self.answer.tags if self.answer else ():
            chosen = bool(tags.given) and tags.facet not in ("drivers", "topics")
            suggested = [] if chosen and not tags.doubtful else tags.suggested
            if suggested or tags.doubtful:
                found.append((tags.facet, suggested, tags.doubtful))
        return found

    def size(self, name: str, lang: str) -> tuple[int, int, int]:
        """(length, least, most) of a text, in words for English and characters else."""
        words = self.value(f"{name}.{lang}").split()
        limits = LENGTHS[name][lang == "en"]
        return (len(words) if lang == "en" else len(" ".join(words)), *limits)


SHOWN_TOPICS = 4  # choices of a topic that are there from the start
# In characters and in words.
LENGTHS = {
    "summary": (SUMMARY_CHARACTERS, SUMMARY_WORDS),
    "abstract": (ABSTRACT_CHARACTERS, ABSTRACT_WORDS),
}
_CHOICES: dict[str, Facet] = {
    "place.country": "countries",
    "place.setting": "settings",
    "plan_category": "plan_categories",
    "kind": "source_kinds",
    "tier": "kpi_tiers",
    "theme": "kpi_themes",
    "scope": "scopes",
    "drivers": "drivers",
    "sections": "sections",
}

# The strings that name the fields, where they are not made of parts.
_LABELS = {
    "place.country": "facets.country",
    "place.region": "contribute.region",
    "place.municipalities": "contribute.municipalities",
    "place.setting": "case.setting",
    "place.population.value": "case.population",
    "latin": "contribute.latin",
    "subject": "contribute.subject",
    "plan_category": "facets.category",
    "plan_kind": "contribute.kind",
    "drivers": "contribute.drivers",
    "sources.title": "contribute.source_title",
    "sources.id": "contribute.uncited",
    "sources.kind": "contribute.source_kind",
    "kpis.name": "contribute.kpi_name",
    "kpis.tier": "facets.kpi_tier",
    "kpis.theme": "facets.kpi_theme",
    "results.what": "case.what",
    "results.value": "case.value",
}
