"""What is learnt from: the casebook's own texts, the plans that readers judged, the taxonomy.

Each case gives nine rows, the means of its passages: its summary, abstract and situations in each
language and its body. Each judged plan gives one, read as any plan is. The taxonomy's labels,
definitions and examples give rows too, of less weight, as do the plans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
from scipy import sparse

from indexer.dense import unit
from indexer.encoders import Floats
from indexer.judged import judged_plans, judged_within, numbers_of, pieces_of
from indexer.plan_text import Language, language_of
from indexer.ranking import RankingIndex
from indexer.ridge import Doubles, Numbers, Texts
from kb.model import ABSTRACT_LANGS, LANGS, Case
from kb.taxonomy import Term, taxonomy

ANCHOR_WEIGHT = 0.5  # from 0.3 to 1 it is the same
# A reader's tags of a plan of several purposes are some of several that would do. Of 189 cases 152
# are read right at 0.5, 151 at 1 and at 2.
READ_WEIGHT = 0.5
MOST_USUAL = 0.4  # a word of more than this share of the rows tells nothing
BODY = ("background", "approach", "actors", "funding", "outcomes", "lessons")
TAXONOMY = -1  # source of a row


def plan_source(number: int) -> int:
    """The source of what was learnt from a judged plan."""
    return TAXONOMY - 1 - number


def plan_number(source: int) -> int:
    """The number of the judged plan that a source stands for."""
    return TAXONOMY - 1 - source


@dataclass(frozen=True)
class TextReader:
    """How a text becomes what models read: the means that vectors of each language are centred
    by, and a diagonal matrix that keeps the words which tell texts apart."""

    means: dict[str, Floats]
    telling: sparse.dia_matrix

    def text(
        self, index: RankingIndex, pieces: Floats, text: str, language: Language | str | None
    ) -> Texts:
        """One text, from the vectors of its pieces and its words."""
        return self.several(index, [pieces], [text], [language])

    def several(
        self,
        index: RankingIndex,
        pieces: Sequence[Floats],
        texts: Sequence[str],
        languages: Sequence[Language | str | None],
    ) -> Texts:
        """As :meth:`text`, for several at once."""
        centred = [
            unit(unit(own).mean(axis=0, keepdims=True)) - self.centre(language)
            for own, language in zip(pieces, languages, strict=True)
        ]
        words = index.term_rows_of(texts) @ self.telling
        return Texts(unit(np.concatenate(centred)), unit_rows(words))

    def centre(self, language: Language | str | None) -> Floats:
        """The mean of the casebook's texts of a language."""
        wanted = "zh-Hant" if language == "zh-Hans" else language or "body"
        return self.means.get(wanted, self.means["body"])


@dataclass(frozen=True)
class Rows:
    """n texts, where each comes from (the number of a case, ``TAXONOMY``, or ``plan_source`` of a
    judged plan), weights, and what each row of the taxonomy stands for (facet, value)."""

    texts: Texts
    source: Numbers
    weight: Doubles
    stands_for: dict[int, tuple[str, str]]

    @cached_property
    def gram(self) -> Doubles:
        """How alike each text is to each other, shape (n, n)."""
        return self.texts.alike(self.texts)

    def of_case(self, number: int) -> Texts:
        """The texts of a case."""
        return self.texts.of(np.flatnonzero(self.source == number))


def learnt_from(index: RankingIndex, cases: Sequence[Case]) -> tuple[Rows, TextReader]:
    """Everything that one generation teaches from, and how further texts are read."""
    blocks: list[Floats] = []
    words: list[sparse.csr_matrix] = []
    sources: list[Numbers] = []
    means: dict[str, Floats] = {}
    of_passages = index.term_rows()
    for name, mask in _read_of_cases(index):
        block, owner = _case_means(index, mask)
        if not len(owner):
            continue
        means[name] = block.mean(axis=0, keepdims=True)
        blocks.append(unit(block - means[name]))
        words.append(case_words(index, mask, of_passages)[owner])
        sources.append(owner)
    means.setdefault("body", np.mean(list(means.values()), axis=0))
    found = sparse.vstack(words).tocsr()
    reader = TextReader(means, _telling(found))
    own = Texts(np.concatenate(blocks).astype(np.float32), unit_rows(found @ reader.telling))

    numbers = judged_within(numbers_of(cases))
    plans = [_judged(index, reader, numbers)] if numbers else []
    anchors = anchor_texts()
    wordless = sparse.csr_matrix((len(anchors), of_passages.shape[1]), dtype=np.float32)
    anchor_vectors = unit(index.dense.encode_known([text for _, _, text in anchors]))
    texts = Texts.joined([own, *plans, Texts(anchor_vectors, wordless)])
    sources.append(np.array([plan_source(number) for number in numbers], dtype=np.int64))
    sources.append(np.full(len(anchors), TAXONOMY, dtype=np.int64))
    source = np.concatenate(sources)
    first = len(source) - len(anchors)
    stands_for = {first + n: (facet, value) for n, (facet, value, _) in enumerate(anchors)}
    weight = np.select([source == TAXONOMY, source < 0], [ANCHOR_WEIGHT, READ_WEIGHT], 1.0)
    return Rows(texts, source, weight, stands_for), reader


def _judged(index: RankingIndex, reader: TextReader, numbers: Sequence[int]) -> Texts:
    """The judged plans of some numbers."""
    texts = [judged_plans()[number].text for number in numbers]
    pieces = [pieces_of(text) for text in texts]
    vectors = index.dense.encode_known([piece for own in pieces for piece in own])
    ends = np.cumsum([len(own) for own in pieces])[:-1]
    languages = [language_of(text) for text in texts]
    return reader.several(
        index,
        np.split(vectors, ends),
        ["\n".join(own) for own in pieces],
        [language[0] if language else None for language in languages],
    )


def _read_of_cases(index: RankingIndex) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    """(name, mask over passages) of each text of a case that is learnt from."""
    sections = np.array([passage.section for passage in index.passages])
    langs = np.array([passage.lang for passage in index.passages])
    summaries = [(lang, (sections == "summary") & (langs == lang)) for lang in LANGS]
    others = [
        (f"{section} {lang}", (sections == section) & (langs == lang))
        for section, spoken in (("abstract", ABSTRACT_LANGS), ("situations", LANGS))
        for lang in spoken
    ]
    return [*summaries, *others, ("body", np.isin(sections, BODY))]


def _case_means(
    index: RankingIndex, mask: npt.NDArray[np.bool_]
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Unit means of the chosen passages of each case that has any, and which cases those are."""
    owner = index.owner[mask]
    sums = np.zeros((len(index.ids), index.dense.vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, owner, index.dense.vectors[mask])
    having = np.unique(owner).astype(np.int64)
    return unit(sums[having]), having


def case_words(
    index: RankingIndex, mask: npt.NDArray[np.bool_], of_passages: sparse.csr_matrix
) -> sparse.csr_matrix:
    """The words of the chosen passages of each case, shape (cases, terms)."""
    chosen = np.flatnonzero(mask)
    ones = np.ones(len(chosen), dtype=np.float32)
    shape = (len(index.ids), len(index.passages))
    return sparse.csr_matrix((ones, (index.owner[chosen], chosen)), shape=shape) @ of_passages


def _telling(rows: sparse.csr_matrix) -> sparse.dia_matrix:
    """Keeps terms that more than one row has, and not too many of them."""
    having = np.bincount(rows.indices, minlength=rows.shape[1])
    kept = (having > 1) & (having <= max(MOST_USUAL * rows.shape[0], 2))
    return sparse.diags(kept.astype(np.float32))


def unit_rows(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    """Rows scaled to length 1."""
    norms = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return (sparse.diags(1 / np.maximum(norms, 1e-9)) @ rows).tocsr()


@lru_cache(maxsize=1)
def anchor_texts() -> list[tuple[str, str, str]]:
    """(facet, value, text): what the taxonomy says of each value, in each language."""
    terms = taxonomy()
    found: list[tuple[str, str, str]] = []
    for lang in LANGS:
        found += [("plan_category", t.id, says(t, lang)) for t in terms.plan_categories.values()]
        found += [("setting", t.id, says(t, lang)) for t in terms.settings.values()]
        for kind in terms.plan_kinds.values():
            examples = "; ".join(e.get(lang) for t in kind.kpi_examples.values() for e in t)
            said = f"{says(kind, lang)} {examples}"
            found.append(("plan_kind", kind.id, said))
            found.append(("plan_category", terms.category_of(kind.id) or "", said))
    return found


def says(term: Term, lang: str) -> str:
    definition = term.definition.get(lang) if term.definition else ""
    return f"{term.label.get(lang)} {definition}"
