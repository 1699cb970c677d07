"""Where documents come from: cases, texts of a test set, or a generation on disk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from indexer.passages import PASSAGE_COLUMNS, Document, Passage, split
from kb.markdown import sections
from kb.model import Case
from kb.taxonomy import taxonomy

FILE = "documents.jsonl"


def document_of_case(case: Case) -> Document:
    """The passages of a case: what it has in several languages, then the rest."""
    terms = taxonomy()
    document = Document(case.id, names=place_names(case), standing=len(case.kpis))
    summaries = dict(case.summary.items())
    for lang, title in case.title.items():
        document.add("title", lang, title)
        document.contexts.pop()  # a title is read in the context of its summary
        document.passages[-1] = Passage(title, "title", lang, len(document.contexts))
        document.add("summary", lang, summaries.get(lang, title), heading=title)
    for lang, abstract in case.abstract.items() if case.abstract else ():
        document.add("abstract", lang, abstract, heading=case.title.get(lang))
    for lang, situations in case.situations.items() if case.situations else ():
        document.add("situations", lang, "\n".join(situations), heading=case.title.get(lang))
    heading = case.title.zh_hant
    drivers = [f"{terms.drivers[d].label.zh_hant}：{why}" for d, why in case.drivers.items()]
    document.add("drivers", "zh-Hant", _sentences(drivers), heading)
    for section in sections(case.body):
        text = "\n".join(block.text for block in section.blocks)
        document.add(section.key, "zh-Hant", text, f"{heading}\n{section.heading}")
    document.add("kpis", "zh-Hant", _sentences(kpi.name for kpi in case.kpis), heading)
    results = (f"{r.what}{r.value}{r.unit or ''}" for r in case.results)
    document.add("results", "zh-Hant", _sentences(results), heading)
    return document


def _sentences(texts: Iterable[str]) -> str:
    return "".join(f"{text}。\n" for text in texts)


def place_names(case: Case) -> list[str]:
    """Every name that case's place and project go by, the most official first."""
    places = case.place
    names = [
        *places.municipalities,
        *places.names.all(),
        f"{places.region}{places.municipalities[0]}",
    ]
    return list(dict.fromkeys(names))


def document_of_text(text_id: str, text: str, lang: str) -> Document:
    """A bare text of a test set: one context, passages within it."""
    document = Document(text_id, contexts=[text])
    for piece in split(text, PASSAGE_COLUMNS):
        document.passages.append(Passage(piece, "text", lang, 0))
    if not document.passages:
        document.passages.append(Passage(text, "text", lang, 0))
    return document


def write_documents(folder: Path, documents: Sequence[Document]) -> None:
    """Write ``documents.jsonl`` into a folder."""
    with (folder / FILE).open("w", encoding="utf-8") as file:
        for document in documents:
            file.write(json.dumps(asdict(document), ensure_ascii=False) + "\n")


def read_documents(folder: Path) -> list[Document]:
    """Read what :func:`write_documents` wrote."""
    documents = []
    with (folder / FILE).open(encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            record["passages"] = [Passage(**passage) for passage in record["passages"]]
            documents.append(Document(**record))
    return documents
