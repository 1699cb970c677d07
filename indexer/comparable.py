"""Comparable cases: one score from named parts, whether asked from a plan or from a case.

All parts are in one unit, standard deviations among the casebook's cases, so that each case's
score is the plain sum of its parts. ``meaning`` is how near the text is to the case's passages
(by vectors and by words), ``judged`` how much readers' judgements recommend it for such texts,
``company`` how often readers named it together with those that all other parts put first.
The tags' parts are log-odds: how much likelier the plan's reading makes the case's own tag than
usual. What is unknown on either side adds exactly nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict
from scipy import sparse

from indexer.encoders import Floats
from indexer.passages import PASSAGE_COLUMNS, split
from indexer.phrases import Profile, Statement, differences, far, reasons
from indexer.plan import Plan, PlanReading
from indexer.plan_reading import PlanReader, Question
from indexer.plan_rows import case_words, unit_rows
from indexer.quotes import PassageQuote, quote
from indexer.ranking import Mask, RankingIndex
from indexer.recommended import voted
from indexer.ridge import Doubles
from kb.catalogue import Catalogue
from kb.model import Case

# What each part counts; the only place. Chosen on the first 130 judged plans, each answered as if
# it had not been judged (nDCG@10 0.889; on all 470 0.837, without what was judged 0.813, without
# meaning 0.821, without company 0.828). From 1.5 to 5 it hardly matters how much judgements count:
# little, so that what a text says itself is heard; twice the company helps plans of one purpose and
# hurts those of several. The weights of the tags are within noise of each other: large enough that
# what a planner states is felt, small enough that a tag read wrongly does not decide. Each part:
# `python -m bench.comparability`.
WEIGHTS = {
    "meaning": 1.0,
    "topics": 0.8,
    "judged": 2.0,
    "company": 0.5,
    "plan_category": 0.4,
    "plan_kind": 0.1,
    "drivers": 0.1,
    "kpi_themes": 0.1,
    "setting": 0.2,
    "size": 0.1,
    "named": 1.0,
}
# Within meaning: all passages both ways, the summaries, the words shared, and the wording of the
# whole of both texts.
MEANING = {"passages": 1.0, "summaries": 0.7, "words": 0.8, "wording": 0.6}
# What a text is about to a small degree counts less than in proportion.
ABOUT = 1.5
ODDS = (-1.5, 2.5)  # log-odds beyond these count as these

# Results are varied: a case of a region and category that was already given twice counts less.
SAME_IDEA = 0.4
ALLOWED_ALIKE = 2

# Below this likeness nothing is called comparable (see Answer.likeness). Of 24 texts about other
# things all are below (highest 0.548), of 470 judged plans two (the next lowest 0.557, each as if
# it had not been judged); by nearness alone 28 of the first 166 were (bench.comparability).
COMPARABLE = 0.553
BEST = 5  # cases whose mean nearness is the likeness
SAMPLE = 48  # cases that tell how near the casebook's own cases are to each other


class Comparable(BaseModel):
    """A comparable case with what it shares with the plan or case asked from."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    score: float
    similarity: float  # the part that meaning has in the score
    passage: PassageQuote | None = None
    shared_topics: list[str] = []
    shared_drivers: list[str] = []
    shared_kpi_themes: list[str] = []
    same_category: bool = False
    same_setting: bool = False
    parts: dict[str, float] = {}  # they add up to the score
    why: list[Statement] = []
    differences: list[Statement] = []


class Answer(BaseModel):
    """Comparable cases, best first, with the plan as it was read.

    ``likeness`` is how near the best few cases are, how clearly a text is about a topic and how
    much the best few are to be recommended, where 1 is as all are for a case of the casebook.
    Where that is too little, ``comparable`` is False, the results are merely the nearest, and
    ``far`` says why they are far.
    """

    model_config = ConfigDict(frozen=True)

    reading: PlanReading
    comparable: bool
    likeness: float
    results: list[Comparable]
    far: list[Statement] = []


def comparable_to_plan(
    index: RankingIndex, catalogue: Catalogue, plan: Plan, allowed: Mask, limit: int
) -> list[Comparable]:
    """Cases comparable with a plan, best first; ``allowed`` is a mask over documents."""
    return answer_plan(index, catalogue, plan, allowed, limit).results


def comparable_to_case(
    index: RankingIndex, catalogue: Catalogue, case: Case, allowed: Mask, limit: int
) -> list[Comparable]:
    """Cases comparable with a case, best first, without the case itself."""
    comparer = comparer_of(index, catalogue)
    question = comparer.reader.of_case(index, index.number[case.id], case)
    return comparer.answer(index, question, Profile.of_case(case), allowed, limit).results


def answer_plan(
    index: RankingIndex, catalogue: Catalogue, plan: Plan, allowed: Mask, limit: int
) -> Answer:
    """Cases comparable with a plan, the plan as it was read, and whether they are any good."""
    comparer = comparer_of(index, catalogue)
    reading, question = comparer.reader.read(index, plan)
    answer = comparer.answer(index, question, Profile.of_reading(reading), allowed, limit)
    if not answer.comparable:
        reading = reading.certain()
        answer = comparer.answer(index, question, Profile.of_reading(reading), allowed, limit)
    return answer.model_copy(update={"reading": reading})


_comparers: WeakKeyDictionary[RankingIndex, Comparer] = WeakKeyDictionary()
_learning = threading.Lock()


def comparer_of(index: RankingIndex, catalogue: Catalogue) -> Comparer:
    """The comparer of a generation; it learns from the casebook when first asked for."""
    comparer = _comparers.get(index)
    if comparer is None:
        with _learning:
            comparer = _comparers.get(index)
            if comparer is None:
                comparer = Comparer(index, [catalogue.case(i) for i in index.ids])
                _comparers[index] = comparer
    return comparer


@dataclass(frozen=True)
class Nearness:
    """How near the casebook is to a question: parts of each case, scores of each passage, and
    the question's piece that each passage is nearest to."""

    parts: dict[str, Doubles]
    passages: Floats
    piece: npt.NDArray[np.int64]
    near: Doubles  # how near each case's passages are, in cosines


class Comparer:
    """Compares with the cases of one generation. Holds no reference to the index itself."""

    def __init__(self, index: RankingIndex, cases: list[Case]) -> None:
        self.reader = PlanReader(index, cases)
        self.cases = cases
        self._profiles = [Profile.of_case(case) for case in cases]
        self._topics = np.nan_to_num(self.reader.tags.labels.of_cases["topics"])
        self._wording = _wording_of_cases(index)
        self._population = np.array(
            [c.place.population.value if c.place.population else np.nan for c in cases]
        )
        self._summaries = np.array([p.section == "summary" for p in index.passages], dtype=float)
        self._summary_counts = np.maximum(np.add.reduceat(self._summaries, index.starts), 1)
        self._shares = {facet: self._share(facet) for facet in self.reader.usual}
        ideas = [(c.place.country, c.place.region, c.plan_category) for c in cases]
        self._idea = np.array([ideas.index(idea) for idea in ideas], dtype=np.int64)

        chosen = np.random.default_rng(0).permutation(len(cases))[:SAMPLE]
        near = [_best(np.delete(self._like_case(index, int(n)), n)) for n in chosen]
        self._usual_topic = float(np.median([self._strongest_topic(int(n)) for n in chosen]))
        self._usual_judged = float(np.median([self._best_recommended(int(n)) for n in chosen]))
        usual = float(np.median(near)) + self._usual_topic + self._usual_judged
        self._usual = max(usual, 1e-6)

    def answer(
        self, index: RankingIndex, question: Question, profile: Profile, allowed: Mask, limit: int
    ) -> Answer:
        """The best of the allowed cases with reasons and differences."""
        near = self.nearness(index, question)
        parts = {name: WEIGHTS[name] * part for name, part in near.parts.items()}
        usable = allowed.copy()
        if question.case is not None:
            usable[question.case] = False
        total = np.sum(list(parts.values()), axis=0)
        parts["company"] = WEIGHTS["company"] * self.company(question, total)
        total = total + parts["company"]
        stated = question.tags or question.population or question.topics is not None
        known = bool(len(question.vectors) or stated)
        chosen = self._varied(total, usable, limit) if known else []
        results = [
            self._result(
                profile,
                number,
                {n: float(part[number]) for n, part in parts.items()} | {"variety": variety},
                self._quote(index, question, near, number),
            )
            for number, variety in chosen
        ]
        spoken = bool(len(question.vectors))
        likeness = 0.0
        if spoken and usable.any():
            topic = question.topics.max() if question.topics is not None else 0.0
            told = question.recommended
            judged = _best(told[usable]) if told is not None else 0.0
            learnt = min(float(topic), self._usual_topic) + min(judged, self._usual_judged)
            likeness = (_best(near.near[usable]) + learnt) / self._usual
        good = bool(results) and (likeness >= COMPARABLE or not spoken)
        why_far: list[Statement] = []
        if not good:
            nearest = self._profiles[chosen[0][0]] if chosen else None
            why_far = far(profile, nearest, likeness, COMPARABLE, known)
        return Answer(
            reading=PlanReading(),
            comparable=good,
            likeness=round(likeness, 3),
            results=results,
            far=why_far,
        )

    def nearness(self, index: RankingIndex, question: Question) -> Nearness:
        """Every part, unweighted, for every case."""
        count = len(index.ids)
        if len(question.vectors):
            meaning, cosines, both = self._meaning(index, question)
        else:
            meaning = np.zeros(count)
            cosines = np.zeros((1, len(index.passages)), dtype=np.float32)
            both = np.zeros(count)
        parts = {"meaning": meaning, "topics": self._about(question), **self._tags(question)}
        if question.recommended is not None:
            parts["judged"] = _standard(question.recommended, question.case)
        passages = cosines.max(axis=0)
        spread = max(float(passages.std()), 1e-6)
        scores = np.asarray((passages - passages.mean()) / spread, dtype=np.float32)
        return Nearness(parts, scores, cosines.argmax(axis=0), both)

    def company(self, question: Question, total: Doubles) -> Doubles:
        """How often each case was named together with those that score highest so far, (cases,);
        filters do not change who is asked."""
        asked = total.copy()
        if question.case is not None:
            asked[question.case] = -np.inf
        together = self.reader.recommended.together(question.without)
        return _standard(voted(asked, together), question.case)

    def _meaning(self, index: RankingIndex, question: Question) -> tuple[Doubles, Floats, Doubles]:
        """(meaning of each case, cosine of each piece and passage, nearness of each case)."""
        cosines = question.vectors @ index.dense.vectors.T
        both = _both_ways(index, cosines)
        of_summaries = cosines.mean(axis=0) * self._summaries
        summaries = np.add.reduceat(of_summaries, index.starts) / self._summary_counts
        shorter = [part for text in question.texts for part in split(text, PASSAGE_COLUMNS)]
        words = np.mean([index.shares(text)[0] for text in shorter], axis=0)
        told = (
            self._wording[question.case]
            if question.case is not None
            else _unit_of(index.term_rows_of(["\n".join(question.texts)]))
        )
        near = {
            "passages": both,
            "summaries": summaries,
            "words": words,
            "wording": np.asarray((self._wording @ told.T).todense()).ravel(),
        }
        meaning = _standard(
            np.sum([MEANING[k] * _standard(v, question.case) for k, v in near.items()], axis=0),
            question.case,
        )
        return meaning, cosines, both

    def _strongest_topic(self, number: int) -> float:
        """How much a case is about what it is most about, told by a model without it."""
        own = self.reader.tags.rows.of_case(number).of([0])
        return float(self.reader.tags.about(own, without=number).max())

    def _best_recommended(self, number: int) -> float:
        """How much the best few are to be recommended for a case, as learnt without it."""
        own = self.reader.tags.rows.of_case(number).of([0])
        scores = self.reader.recommended.scores(own, without=number)
        return _best(np.delete(scores, number))

    @staticmethod
    def _like_case(index: RankingIndex, number: int) -> Doubles:
        start = int(index.starts[number])
        own = slice(start, start + int(index.counts[number]))
        return _both_ways(index, index.dense.vectors[own] @ index.dense.vectors.T)

    def _about(self, question: Question) -> Doubles:
        """How much each case is about the question's topics; nothing where those are unknown."""
        if question.topics is None:
            return np.zeros(len(self.cases))
        return _standard(self._topics @ question.topics**ABOUT, question.case)

    def _tags(self, question: Question) -> dict[str, Doubles]:
        """Log-odds of each case's own tags under the question's, 0 where either is unknown."""
        parts = {}
        for facet, usual in self.reader.usual.items():
            chances = question.tags.get(facet)
            part = np.zeros(len(self.cases))
            if chances is not None:
                odds = np.log((chances + 1e-3) / (usual + 1e-3))
                part = np.clip(self._shares[facet] @ odds, *ODDS)
            parts[facet] = part
        size = np.zeros(len(self.cases))
        if question.population:
            ratio = np.abs(np.log10(np.maximum(self._population, 1) / question.population))
            size = np.where(np.isnan(ratio), 0.0, np.clip(1 - 2 * ratio, -1, 1))
        parts["size"] = size
        parts["named"] = np.array([n in question.named for n in range(len(self.cases))], float)
        return parts

    def _varied(self, total: Doubles, usable: Mask, limit: int) -> list[tuple[int, float]]:
        """(case, what it lost for variety), best first."""
        worth = np.where(usable, total, -np.inf)
        given = np.zeros(len(worth), dtype=np.int64)  # how often each idea was
        chosen: list[tuple[int, float]] = []
        for _ in range(min(limit, int(usable.sum()))):
            lost = -SAME_IDEA * np.maximum(0, given[self._idea] - ALLOWED_ALIKE + 1)
            best = int(np.argmax(worth + lost))
            chosen.append((best, float(lost[best])))
            given[self._idea[best]] += 1
            worth[best] = -np.inf
        return chosen

    def _share(self, facet: str) -> Doubles:
        """What each value is among a case's own of a facet, shape (cases, values): rows sum to 1,
        or to 0 where nothing is known."""
        values = self.reader.values(facet)
        own = np.array([[v in profile.values(facet) for v in values] for profile in self._profiles])
        return np.asarray(own / np.maximum(own.sum(axis=1, keepdims=True), 1), dtype=np.float64)

    def _result(
        self, profile: Profile, number: int, parts: dict[str, float], passage: PassageQuote | None
    ) -> Comparable:
        theirs = self._profiles[number]
        rounded = {name: round(part, 4) for name, part in parts.items()}
        return Comparable(
            case_id=self.cases[number].id,
            score=round(sum(rounded.values()), 4),
            similarity=rounded["meaning"],
            passage=passage,
            shared_topics=[topic for topic in theirs.topics if topic in profile.topics],
            shared_drivers=sorted(profile.drivers & theirs.drivers),
            shared_kpi_themes=sorted(profile.kpi_themes & theirs.kpi_themes),
            same_category=profile.category is not None and profile.category == theirs.category,
            same_setting=profile.setting is not None and profile.setting == theirs.setting,
            parts=rounded,
            why=reasons(profile, theirs),
            differences=differences(profile, theirs),
        )

    @staticmethod
    def _quote(
        index: RankingIndex, question: Question, near: Nearness, number: int
    ) -> PassageQuote | None:
        if not question.texts:
            return None
        start = int(index.starts[number])
        best = start + int(near.passages[start : start + int(index.counts[number])].argmax())
        text = question.texts[min(int(near.piece[best]), len(question.texts) - 1)]
        return quote(index, text, number, near.passages)


def _wording_of_cases(index: RankingIndex) -> sparse.csr_matrix:
    """The words of each case and what they are worth there, unit rows, shape (cases, terms)."""
    everything = np.ones(len(index.passages), dtype=bool)
    return _unit_of(case_words(index, everything, index.term_rows()))


def _unit_of(words: sparse.csr_matrix) -> sparse.csr_matrix:
    """What words are worth in a text, muted by a logarithm, as unit rows."""
    muted = words.tocsr(copy=True)
    muted.data = np.log1p(muted.data)
    return unit_rows(muted)


def _both_ways(index: RankingIndex, cosines: Floats) -> Doubles:
    """How near each case is: each piece of one side counts with its nearest on the other, in
    both directions, so that the likeness of two cases is the same from either."""
    forth = np.maximum.reduceat(cosines, index.starts, axis=1).mean(axis=0)
    back = np.add.reduceat(cosines.max(axis=0), index.starts) / index.counts
    both: Doubles = ((forth + back) / 2).astype(np.float64)
    return both


def _best(nearness: Doubles) -> float:
    """Mean of the highest few."""
    return float(np.sort(nearness)[-BEST:].mean()) if len(nearness) else 0.0


def _standard(values: Iterable[float] | Doubles | Floats, without: int | None = None) -> Doubles:
    """In standard deviations among the cases (other than ``without``)."""
    array = np.asarray(values, dtype=np.float64)
    others = array if without is None else np.delete(array, without)
    if not len(others):
        return np.zeros_like(array)
    standard: Doubles = (array - others.mean()) / max(float(others.std()), 1e-9)
    return standard
