"""How alike a case is to each of the casebook's: the evidence that they are the same case.

Evidence is a sum of four parts. *Meaning*: the likeness of summaries and bodies, the best over all
pairs of languages, by the first encoder of the index. *Wording*, twice: how much of the case's
title and summary stands in the other, and how much of the other's in it. *Place*: the same
municipality or name, or the same region where the case names no more than that. The first three
are counted in standard deviations above the ordinary case, so that a short text in one language
and a full case can be measured alike; of the wording's the square root, for theirs run to thirty.

How much evidence makes a possible duplicate is learnt from the casebook at hand, whose cases are
distinct: FALSE_ALARMS of them, each told in full and in one language, reach it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.dense import unit
from indexer.documents import document_of_case
from indexer.encoders import Floats, load_encoder
from indexer.passages import Document
from indexer.ranking import RankingIndex
from indexer.wording import Wording, Words, words_of
from kb.gazetteer import plain_name, same_name
from kb.model import LANGS, Case
from kb.review import share_place

BODY = ("background", "approach", "actors", "funding", "outcomes", "lessons")
KINDS = (*LANGS, "body")
FALSE_ALARMS = 0.01  # share of distinct cases that reach the threshold

# What the parts weigh beside meaning (1), chosen on the `develop` half of
# bench/queries/paraphrases.yaml and on tests/kb/data/paraphrases.yaml (one sentence each), by how
# far above the threshold their cases came: weights of 1 and 1.5, straight, under a root or a
# logarithm, found all of the former and 11 to 13 of the 15 sentences.
WORDING = 1.5
SAME_PLACE = 4.0
SAME_REGION = 2.0
NAMED = 0.9  # share of a name that a known name has to be

LEARNT_FROM = 250  # cases that the threshold is learnt from
FEW = 4  # cases that say nothing yet of what is ordinary
WITHOUT_CASEBOOK = 15.0  # the threshold then


@dataclass(frozen=True)
class Told:
    """A case as it is compared: vectors (n, d) of its kinds of text, words of its titles and
    summaries, all its words, and its place's evidence for each case, shape (cases,)."""

    vectors: Floats
    heads: Words
    words: Words
    place: Floats


class Sameness:
    """Compares with the cases of one generation; ``cases`` are in the order of ``index.ids``."""

    def __init__(self, index: RankingIndex, cases: Sequence[Case]) -> None:
        self._cases = cases
        self.size = len(cases)
        self.case_ids = list(index.ids)
        self._part = index.dense.parts[0]
        width = len(self._part.passage_mean)
        self.vectors: Floats = unit(index.dense.vectors[:, :width])  # of passages, (n, d)
        self._owner = index.owner
        sections = np.array([passage.section for passage in index.passages])
        langs = np.array([passage.lang for passage in index.passages])
        masks: dict[str, npt.NDArray[np.bool_]] = {
            lang: (sections == "summary") & (langs == lang) for lang in LANGS
        }
        masks["body"] = np.isin(sections, BODY)
        means = {kind: self._means(mask) for kind, mask in masks.items()}
        self.centres = {kind: _mean_of_known(block) for kind, block in means.items()}
        self.kinds = {kind: _centred(means[kind], self.centres[kind]) for kind in KINDS}
        texts: list[list[str]] = [[] for _ in cases]
        for passage, owner in zip(index.passages, self._owner, strict=True):
            texts[owner].append(passage.text)
        self._texts = [words_of("\n".join(passages)) for passages in texts]
        self._heads: dict[str, list[Words]] = {
            lang: [_head(case, lang) for case in cases] for lang in LANGS
        }
        # The whole texts, then the titles and summaries in each language.
        every = [*self._texts, *(head for lang in LANGS for head in self._heads[lang])]
        self._wording = Wording(every, counted=self.size)
        self._gazetteer = index.gazetteer

    def words(self, number: int, kind: str) -> Words:
        """The words of one kind of a case's texts: its title and summary in a language, or all
        that it says."""
        return self._texts[number] if kind == "body" else self._heads[kind][number]

    def told(self, case: Case, document: Document, vectors: Floats) -> Told:
        """A case that is not (or not so) in the casebook, with the vectors of its passages."""
        rows = []
        for kind in KINDS:
            chosen = [
                vector
                for piece, vector in zip(document.passages, vectors, strict=True)
                if (piece.section == "summary" and piece.lang == kind)
                or (kind == "body" and piece.section in BODY)
            ]
            if chosen:
                mean = unit(np.mean(chosen, axis=0, keepdims=True))
                rows.append(_centred(mean, self.centres[kind]))
        heads = frozenset[str]().union(*(_head(case, lang) for lang in case_langs(case)))
        words = heads | words_of("\n".join(piece.text for piece in document.passages))
        return Told(np.concatenate(rows), heads, words, self._place(case))

    def encode(self, document: Document) -> Floats:
        """Vectors of a document's passages, shape (n, d), by the first encoder of the index."""
        encoder = load_encoder(self._part.view.encoder)
        if self._part.view.unit == "passage":
            raw = encoder.encode_document([passage.text for passage in document.passages])
        else:
            raw = encoder.encode_document(document.contexts)
            raw = raw[[passage.context for passage in document.passages]]
        return unit(self._part.passages(raw))

    def ask(self, questions: list[str]) -> Floats:
        """Vectors of questions, shape (n, d), by the first encoder of the index."""
        encoder = load_encoder(self._part.view.encoder)
        return unit(self._part.questions(encoder.encode_query(questions)))

    def evidence(self, told: Told, without: int | None = None) -> Floats:
        """That a case is the same as each of the casebook's, shape (cases,); ``without`` is the
        number of a case that is left out (-inf)."""
        known = np.ones(len(self._cases), dtype=bool)
        if without is not None:
            known[without] = False
        meaning = np.max(
            [(told.vectors @ block.T).max(axis=0) for block in self.kinds.values()], axis=0
        )
        held = self._wording.shares(told.words)[1][self.size :].reshape(len(LANGS), -1).max(axis=0)
        total = (
            _standing(meaning, known)
            + WORDING * _root(_standing(self.holding(told.heads), known))
            + WORDING * _root(_standing(held, known))
            + told.place
        )
        total[~known] = -np.inf
        return np.asarray(total, dtype=np.float32)

    def holding(self, words: Words) -> Floats:
        """The share of words, rare ones counting more, that each case has, shape (cases,)."""
        return self._wording.shares(words)[0][: self.size]

    def share(self, words: Words, within: Words) -> float:
        """The share of words that a text has."""
        return self._wording.total(words & within) / max(self._wording.total(words), 1e-6)

    def threshold(self) -> float:
        """The evidence from which on a case is a possible duplicate."""
        if len(self._cases) <= FEW:
            return WITHOUT_CASEBOOK
        chosen = np.arange(len(self._cases))
        if len(chosen) > LEARNT_FROM:
            chosen = np.sort(np.random.default_rng(0).permutation(chosen)[:LEARNT_FROM])
        best = [self.evidence(told, int(i)).max() for i in chosen for told in self.retold(int(i))]
        return max(float(np.quantile(best, 1 - FALSE_ALARMS)), 1e-3)

    def retold(self, number: int) -> list[Told]:
        """A case of the casebook as four people might hand it in: in one language each, and in
        full."""
        case = self._cases[number]
        place = self._place(case)
        found = []
        for lang in case_langs(case):
            row = self.kinds[lang][number : number + 1]
            head = self._heads[lang][number]
            found.append(Told(row, head, head, place))
        rows = np.concatenate([block[number : number + 1] for block in self.kinds.values()])
        heads = frozenset[str]().union(*(told.heads for told in found))
        return [*found, Told(rows, heads, heads | self._texts[number], place)]

    def _place(self, case: Case) -> Floats:
        place = case.place
        evidence = np.zeros(len(self._cases), dtype=np.float32)
        no_more = all(
            plain_name(name).startswith(plain_name(place.region)) for name in place.municipalities
        )
        for number, other in enumerate(self._cases):
            if share_place(case, other):
                evidence[number] = SAME_PLACE
            elif no_more and same_name(place.region, other.place.region):
                evidence[number] = SAME_REGION
        for name in (*place.municipalities, *place.names.all()):
            for match in self._gazetteer.find(name):
                if match.share >= NAMED:
                    evidence[match.document] = SAME_PLACE
        told = "\n".join(f"{case.title.get(lang)}\n{case.summary.get(lang)}" for lang in LANGS)
        for match in self._gazetteer.find(told):
            evidence[match.document] = SAME_PLACE
        abroad = [other.place.country != place.country for other in self._cases]
        evidence[abroad] = 0
        return evidence

    def _means(self, mask: npt.NDArray[np.bool_]) -> Floats:
        """The mean direction of the chosen passages of each case, shape (cases, d); zeros where
        it has none."""
        sums = np.zeros((len(self._cases), self.vectors.shape[1]), np.float32)
        np.add.at(sums, self._owner[mask], self.vectors[mask])
        return unit(sums)


def told_of_case(sameness: Sameness, case: Case) -> Told:
    """A case read, embedded and ready to be compared."""
    document = document_of_case(case)
    return sameness.told(case, document, sameness.encode(document))


def case_langs(case: Case) -> list[str]:
    """The languages that a case has a summary in."""
    return [lang for lang, _ in case.summary.items()]


def _head(case: Case, lang: str) -> Words:
    return words_of(f"{case.title.get(lang)}\n{case.summary.get(lang)}")


def _mean_of_known(block: Floats) -> Floats:
    known = block[np.abs(block).sum(axis=1) > 0]
    mean = known.mean(axis=0, keepdims=True) if len(known) else np.zeros((1, block.shape[1]))
    return np.asarray(mean, dtype=np.float32)


def _centred(block: Floats, centre: Floats) -> Floats:
    """Rows as directions from a centre; rows of zeros stay."""
    known = np.abs(block).sum(axis=1, keepdims=True) > 0
    return unit(np.where(known, block - centre, 0).astype(np.float32))


def _standing(values: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    """Standard deviations above the median of the known values, the best of them left out of
    both: it is the one in question."""
    rest = np.sort(values[known])[:-1]
    spread = float(rest.std()) if len(rest) >= FEW - 1 else 0.0
    if spread < 1e-6:
        return np.zeros_like(values)
    return (values - np.float32(np.median(rest))) / np.float32(spread)


def _root(values: Floats) -> Floats:
    return np.asarray(np.sqrt(np.maximum(values, 0)), dtype=np.float32)
