"""Which cases are an answer at all: nonsense should find nothing.

A score says how far a case stands out from ordinary passages, and for any string of letters some
case stands out a little. What tells sense from nonsense is whether the casebook knows the words,
and, where it does not, whether encoders that read in different ways agree on the case.
"""

from __future__ import annotations

import numpy as np

from indexer.encoders import Floats
from indexer.ranking import Mask, Mode, Ranking, RankingIndex

# Below this score a case is no answer: nothing of it stands out from ordinary passages. Of 629
# planners' queries (bench/queries/casebook.jsonl) the case that was meant scores 2.6 or more.
WORTH_SHOWING: dict[Mode, float] = {"hybrid": 2.5, "dense": 2.5, "lexical": 0.02}

# Of the same queries every one shares 0.31 or more of its words, weighed by rarity, with the
# casebook; of 55 strings such as "zzzz qqqq", 囧囧囧 and ほげほげ all but four share 0.11 or less.
KNOWN = 0.2

# Where less is known, each encoder by itself must find that the case stands out so far. For no
# such string do USE and e5 find one case above 2.94 both; for "whisky", "hydropower" or 蜂蜜, which
# the casebook has under other names, they do. One encoder alone reaches 4.8 on nonsense.
AGREED = 3.0
ALONE = 5.0


def answers(index: RankingIndex, text: str, mode: Mode, ranking: Ranking) -> Mask:
    """The documents that are worth showing for a query, shape (documents,)."""
    worth: Mask = ranking.documents >= WORTH_SHOWING[mode]
    if mode != "lexical" and known_share(index, text) < KNOWN:
        views = len(index.dense.parts)
        worth &= agreement(index, text) >= (AGREED if views > 1 else ALONE)
    for document in ranking.named:
        worth[document] = np.isfinite(ranking.documents[document])
    return worth


def known_share(index: RankingIndex, text: str) -> float:
    """How much of a query the casebook's passages know, in [0, 1]: the rarity of its known
    tokens over the rarity of all."""
    rarities = np.array([index.rarity(token) for token in index.analyser.tokens(text)])
    total = float(rarities.sum())
    return float(rarities[rarities < 1].sum()) / total if total else 0.0


def agreement(index: RankingIndex, text: str) -> Floats:
    """The score that every encoder, by itself, gives each document at least, in standard
    deviations above its ordinary passage; shape (documents,)."""
    query = index.dense.encode_questions([text])[0]
    least = np.full(len(index.ids), np.inf, dtype=np.float32)
    start = 0
    for part in index.dense.parts:
        end = start + len(part.passage_mean)
        scores = index.dense.vectors[:, start:end] @ query[start:end]
        spread = max(float(scores.std()), 1e-6)
        standing = np.asarray((scores - scores.mean()) / spread, dtype=np.float32)
        least = np.minimum(least, index.by_document(standing))
        start = end
    return least
