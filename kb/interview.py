"""The questions of ``kb new``: the few things that matter, with the definitions at hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import typer

from kb.casebook import load_casebook
from kb.casefile import write_bytes
from kb.gazetteer import locate, name_in_latin
from kb.integrity import is_web_url
from kb.lint import lint_bytes
from kb.model import LANGS, Case
from kb.newcase import (
    Answers,
    SourceAnswer,
    case_id,
    default_names,
    new_case_text,
    similar_cases,
)
from kb.taxonomy import Facet, taxonomy

# What is asked, in the languages of the casebook.
QUESTIONS: dict[str, dict[str, str]] = {
    "country": {"zh-Hant": "國家", "ja": "国", "en": "Country"},
    "region": {
        "zh-Hant": "都道府縣或縣市（如 福井縣）",
        "ja": "都道府県・県市（例 福井縣）",
        "en": "Prefecture or county, as in 福井縣",
    },
    "municipality": {
        "zh-Hant": "市町村、鄉鎮市區（如 鯖江市）",
        "ja": "市町村（例 鯖江市）",
        "en": "City, town or village, as in 鯖江市",
    },
    "latin": {
        "zh-Hant": "地名的羅馬字（如 Sabae）",
        "ja": "地名のローマ字（例 Sabae）",
        "en": "The place in Latin letters, as in Sabae",
    },
    "subject": {
        "zh-Hant": "用兩三個英文單字說計畫（如 eyewear medical），作為 id",
        "ja": "事業を英単語二三語で（例 eyewear medical）。id になります",
        "en": "The project in two or three English words, for the id",
    },
    "title": {
        "zh-Hant": "繁體中文標題（空白：之後再寫）",
        "ja": "繁体字中国語の題名（空欄なら後で）",
        "en": "Title in Traditional Chinese (empty: later)",
    },
    "plan_category": {"zh-Hant": "計畫類別", "ja": "計画の分類", "en": "Category of plan"},
    "setting": {"zh-Hant": "地方的類型", "ja": "地域の類型", "en": "Kind of place"},
    "drivers": {
        "zh-Hant": "符合的推動要素，以逗號分開（兩三項最常見）",
        "ja": "当てはまる要素をコンマで（二三が普通）",
        "en": "Drivers that the facts show, with commas (two or three are usual)",
    },
    "reason": {
        "zh-Hant": "「{}」的理由，一句事實（空白：之後再寫）",
        "ja": "「{}」の理由となる事実を一文で（空欄なら後で）",
        "en": "The fact that shows '{}', one sentence (empty: later)",
    },
    "source": {
        "zh-Hant": "一個來源的網址（空白：之後再寫）",
        "ja": "出典の URL（空欄なら後で）",
        "en": "Address of a source (empty: later)",
    },
    "similar": {
        "zh-Hant": "這些案例可能就是同一件：",
        "ja": "同じ事例かもしれません：",
        "en": "The case may be here already:",
    },
    "go on": {"zh-Hant": "仍要新增嗎", "ja": "それでも作りますか", "en": "Go on all the same"},
    "left": {
        "zh-Hant": "還有 {} 處 TODO；kb lint 會逐一列出。",
        "ja": "TODO が {} か所残っています。kb lint が一つずつ示します。",
        "en": "{} TODOs are left; kb lint lists them one by one.",
    },
}


class Interview:
    """Asks (or, with ``ask=False``, takes the options as they are) and writes the file."""

    def __init__(self, cases_dir: Path, lang: str, *, ask: bool) -> None:
        self._cases_dir = cases_dir
        self._lang = lang
        self._ask = ask

    def run(self, **given: Any) -> Path:
        """From options to a written file, whose path is printed and returned.

        Raises ``typer.BadParameter`` for what is not on its list or missing, ``typer.Exit`` if
        the person decides against it.
        """
        cases = self._cases()
        answers = self._answers(given)
        self._warn_of_similar(answers, cases)
        identity = case_id(answers)
        path = self._cases_dir / answers.country.lower() / f"{identity}.md"
        if path.exists():
            raise typer.BadParameter(f"{path} exists already; choose another --subject")
        location = locate(answers.country, answers.region, answers.municipalities[0], cases)
        text = new_case_text(answers, identity, location, dt.date.today())
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, text.encode("utf-8"))
        left = sum(f.code == "todo-left" for f in lint_bytes(path, text.encode("utf-8")))
        typer.echo(str(path))
        typer.echo(self._say("left").format(left), err=True)
        return path

    def _cases(self) -> list[Case]:
        if not self._cases_dir.is_dir():
            return []
        return list(load_casebook(self._cases_dir, skip_broken=True).cases.values())

    def _say(self, key: str) -> str:
        return QUESTIONS[key][self._lang]

    def _answers(self, given: dict[str, Any]) -> Answers:
        country = self._choice("country", "countries", given["country"], required=True)
        titles: dict[str, str] = {lang: given["titles"][lang] or "" for lang in LANGS}
        region = self._text("region", given["region"])
        municipality = self._text("municipality", given["municipality"])
        known = name_in_latin(country or "", region, municipality)
        latin = self._text("latin", given["latin"], known)
        subject = self._text("subject", given["subject"])
        if not titles["zh-Hant"] and self._ask:
            titles["zh-Hant"] = typer.prompt(self._say("title"), default="", show_default=False)
        return Answers(
            country=country or "",
            region=region,
            municipalities=[municipality],
            latin=latin,
            subject=subject,
            titles=titles,
            names=_names(municipality, latin, given["names"]),
            drivers=self._drivers(given["drivers"]),
            plan_category=self._choice("plan_category", "plan_categories", given["plan_category"]),
            setting=self._choice("setting", "settings", given["setting"]),
            start=given["start"],
            sources=self._sources(given["sources"]),
        )

    def _text(self, key: str, given: str | None, known: str | None = None) -> str:
        text = given
        if text is None:
            text = typer.prompt(self._say(key), default=known) if self._ask else known
        if not (text or "").strip():
            raise typer.BadParameter("say it with this option", param_hint=f"--{key}")
        words = " ".join(str(text).split())
        if key in ("latin", "subject") and not words.isascii():
            raise typer.BadParameter(
                f"{words!r} is not in Latin letters without accents", param_hint=f"--{key}"
            )
        return words

    def _choice(
        self, key: str, facet: Facet, given: str | None, *, required: bool = False
    ) -> str | None:
        if given is None and self._ask:
            self._list(facet)
            given = typer.prompt(self._say(key))
        if given is None:
            if required:
                raise typer.BadParameter("say it with this option", param_hint=f"--{key}")
            return None
        return self._known(facet, given, key)

    def _known(self, facet: Facet, value: str, key: str) -> str:
        word = value.strip()
        word = word.upper() if facet == "countries" else word
        if word in taxonomy().terms(facet):
            return word
        nearest = taxonomy().nearest(facet, word)
        hint = f"did you mean {nearest!r}?" if nearest else ", ".join(taxonomy().terms(facet))
        raise typer.BadParameter(f"{value!r} is not on the list; {hint}", param_hint=f"--{key}")

    def _list(self, facet: Facet) -> None:
        for term in taxonomy().terms(facet).values():
            definition = term.definition.get(self._lang) if term.definition else ""
            typer.echo(f"  {term.id:<20} {term.label.get(self._lang)}  {definition}", err=True)

    def _drivers(self, given: list[str]) -> dict[str, str]:
        if not given and self._ask:
            self._list("drivers")
            given = typer.prompt(self._say("drivers")).replace("、", ",").split(",")
        found: dict[str, str] = {}
        for entry in given:
            word, _, reason = entry.partition("=")
            driver = self._known("drivers", word, "driver")
            if not reason and self._ask:
                label = taxonomy().drivers[driver].label.get(self._lang)
                question = self._say("reason").format(label)
                reason = typer.prompt(question, default="", show_default=False)
            found[driver] = " ".join(reason.split())
        return found

    def _sources(self, given: list[str]) -> list[SourceAnswer]:
        if not given and self._ask:
            address = typer.prompt(self._say("source"), default="", show_default=False)
            given = [address] if address else []
        for address in given:
            if not is_web_url(address):
                raise typer.BadParameter(f"{address!r} is no web address", param_hint="--source")
        return [SourceAnswer(url=address) for address in given]

    def _warn_of_similar(self, answers: Answers, cases: list[Case]) -> None:
        similar = similar_cases(answers, cases)
        if not similar:
            return
        typer.echo(self._say("similar"), err=True)
        for case in similar:
            typer.echo(f"  {case.id}  {case.title.get(self._lang)}", err=True)
        if self._ask and not typer.confirm(self._say("go on"), default=True, err=True):
            raise typer.Exit(1)


def _names(municipality: str, latin: str, more: list[str]) -> dict[str, list[str]]:
    """The names of a place by the script they are in, the given ones after the known."""
    known = default_names([municipality, *more], latin)
    english = [*known["en"], *(name for name in more if name.isascii())]
    return {"ja": known["ja"], "en": list(dict.fromkeys(english))}
