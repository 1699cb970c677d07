"""Building an index: casebook -> documents -> vectors and terms -> a published generation."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from indexer.dense import KNOWN, DenseIndex, calibration_questions
from indexer.documents import document_of_case, write_documents
from indexer.encoders import Floats, View, fingerprint, load_encoder, views
from indexer.errors import IndexDamaged, IndexMissing, NothingToIndex
from indexer.generation import Generations, Manifest, checksum
from indexer.judged import FILE as JUDGED_FILE
from indexer.judged import judged_pieces
from indexer.likeness import points, write_likeness
from indexer.passages import CONTEXT_COLUMNS, PASSAGE_COLUMNS, Document
from indexer.plan_rows import anchor_texts
from indexer.preload import start_loading
from indexer.ranking import RankingIndex
from indexer.sameness import Sameness
from indexer.text import ANALYSIS_VERSION, TextAnalyser
from indexer.tokens import TokenCache
from indexer.vectors import VectorStore, store_name
from kb.casebook import case_paths, load_casebook
from kb.catalogue import CATALOGUE_VERSION, write_catalogue
from kb.findings import Finding
from kb.taxonomy import TAXONOMY_FILE

LAYOUT_VERSION = 5  # goes up when the same cases give other passages or other files

Report = Callable[[str, int, int], None]  # stage, done, total
Stores = dict[str, VectorStore]  # by file name
PASSAGES, QUESTIONS = "vectors", "questions"  # kinds of stores, beside indexer.dense.KNOWN


@dataclass(frozen=True)
class BuildReport:
    """What a build did."""

    generation: str
    published: bool  # False when nothing had changed
    encoder: str
    cases: int
    passages: int
    embedded: int  # texts that went through an encoder
    reused: int  # texts whose vectors were already there
    seconds: float
    findings: list[Finding]  # of files that were left out


@dataclass(frozen=True)
class Embedding:
    """Vectors of all passages, the stores to keep them in, and what that took."""

    dense: DenseIndex
    stores: Stores
    embedded: int
    reused: int


def build_index(
    cases_dir: Path,
    index_dir: Path,
    encoder: str = "default",
    progress: Report | None = None,
    skip_broken: bool = False,
) -> BuildReport:
    """Index every case under ``cases_dir`` and publish it in ``index_dir``.

    ``progress`` is told (stage, done, total) as it goes. Raises CasebookError if a case file is
    broken (unless ``skip_broken``), NothingToIndex, EncoderError, IndexBusy.
    """
    started = time.perf_counter()
    generations = Generations(index_dir)
    loading = _load_meanwhile(cases_dir, generations, views(encoder))
    casebook = load_casebook(cases_dir, skip_broken=skip_broken)
    hashes = {case_id: _hash(file.text) for case_id, file in casebook.files.items()}
    parts = views(encoder)
    prints = {view.encoder: fingerprint(view.encoder) for view in parts}
    prints["documents"] = _fingerprint_of_documents(parts)
    with generations.building() as folder:
        before = _published(generations)
        if before is not None:
            manifest = before[1]
            if manifest.case_hashes == hashes and manifest.fingerprints == prints:
                spent = time.perf_counter() - started
                return _report(manifest, False, (0, 0), spent, casebook.findings)
        if not casebook.cases:
            raise NothingToIndex(f"{cases_dir}: there is no case to index")
        for thread in loading:
            thread.join()
        documents = [document_of_case(case) for case in casebook.cases.values()]
        reusable = _reusable(before, parts, prints)
        done = embed(documents, parts, reusable, progress, beside=_learnt_from(casebook.cases))
        cache = TokenCache.open(before[0] if before else None, analyser_of(documents))
        index = RankingIndex.build(documents, done.dense, cache)
        cache.save(folder)
        write_documents(folder, documents)
        index.save(folder)
        for name, store in done.stores.items():
            store.save(folder, name)
        write_likeness(folder, points(index.ids, index.dense, index.starts))
        write_catalogue(folder / "catalogue.sqlite", casebook.cases.values())
        manifest = Manifest(
            generation=generations.new_name(),
            built_at=dt.datetime.now(dt.UTC),
            encoder=encoder,
            quality="fast" if encoder == "fast" else "full",
            views=list(parts),
            fingerprints=prints,
            cases=len(documents),
            passages=len(index.passages),
            duplicate_from=Sameness(index, list(casebook.cases.values())).threshold(),
            case_hashes=hashes,
        )
        generations.publish(folder, manifest)
    spent = time.perf_counter() - started
    return _report(manifest, True, (done.embedded, done.reused), spent, casebook.findings)


def embed(
    documents: Sequence[Document],
    parts: Sequence[View],
    known: Stores | None = None,
    progress: Report | None = None,
    beside: Sequence[str] = (),
) -> Embedding:
    """Vectors of every passage, and of texts beside them, in every view; those in ``known`` are
    not computed again."""
    known = known or {}
    raw: list[tuple[View, Floats, Floats]] = []
    stores: Stores = {}
    embedded = reused = 0
    for view in parts:
        texts = _texts(documents, view)
        total, so_far = len(set(texts)), 0

        def count(n: int, stage: str = view.encoder, total: int = total) -> None:
            nonlocal so_far
            so_far += n
            if progress:
                progress(stage, so_far, total)

        def encode(chunk: list[str], name: str = view.encoder) -> Floats:
            return load_encoder(name).encode_document(chunk)

        def ask(chunk: list[str], name: str = view.encoder) -> Floats:
            return load_encoder(name).encode_query(chunk)

        names = {kind: store_name(kind, view.encoder) for kind in (PASSAGES, QUESTIONS, KNOWN)}
        store = {kind: known.get(name) or VectorStore.empty() for kind, name in names.items()}
        passages, fresh = store[PASSAGES].completed(texts, encode, count)
        questions, _ = store[QUESTIONS].completed(calibration_questions(), ask)
        others = (
            store[KNOWN] if store[KNOWN].has(beside) else _embedded(view.encoder, tuple(beside))
        )
        stores |= dict(zip(names.values(), (passages, questions, others), strict=True))
        raw.append((view, passages.of(texts), questions.vectors))
        embedded += fresh
        reused += len(passages.keys) - fresh
    return Embedding(DenseIndex.build(raw), stores, embedded, reused)


def analyser_of(documents: Sequence[Document]) -> TextAnalyser:
    """The analyser that knows the documents' names as words."""
    return TextAnalyser(name for document in documents for name in document.names)


def _hash(text: str) -> str:
    """SHA-256 of a case file as it was read (it may have been edited since)."""
    return hashlib.sha256(text.encode()).hexdigest()


def _fingerprint_of_documents(parts: Sequence[View]) -> str:
    """What a generation depends on besides cases and encoders: how it is laid out, the words of
    the taxonomy, what readers judged, and the weights of the views."""
    versions = (LAYOUT_VERSION, CATALOGUE_VERSION, ANALYSIS_VERSION)
    record = (*versions, PASSAGE_COLUMNS, CONTEXT_COLUMNS, tuple(parts))
    words = b"".join(path.read_bytes() for path in (TAXONOMY_FILE, JUDGED_FILE))
    return hashlib.sha256(repr(record).encode() + words).hexdigest()[:16]


def _load_meanwhile(
    cases_dir: Path, generations: Generations, parts: Sequence[View]
) -> list[threading.Thread]:
    """Start loading what embedding needs, if any file is not as it was indexed."""
    before = _published(generations)
    if before is not None:
        try:
            files = {checksum(path) for path in case_paths(cases_dir)}
        except OSError:  # reading the casebook will say what is wrong with that file
            return []
        if files == set(before[1].case_hashes.values()):
            return []
    return start_loading(parts)


def _learnt_from(case_ids: Iterable[str]) -> list[str]:
    """The texts that are learnt from whenever a generation is opened, beside its cases."""
    return [*judged_pieces(set(case_ids)), *(text for _, _, text in anchor_texts())]


@lru_cache(maxsize=4)
def _embedded(encoder: str, texts: tuple[str, ...]) -> VectorStore:
    """Texts that are the same in every build, embedded once a process."""
    return VectorStore.empty().completed(list(texts), load_encoder(encoder).encode_document)[0]


def _texts(documents: Sequence[Document], view: View) -> list[str]:
    """What a view reads for each passage, in order of passages."""
    if view.unit == "passage":
        return [passage.text for document in documents for passage in document.passages]
    return [d.contexts[passage.context] for d in documents for passage in d.passages]


def _published(generations: Generations) -> tuple[Path, Manifest] | None:
    """The published generation, or None if there is none that is whole."""
    try:
        return generations.verified(generations.published())
    except (IndexMissing, IndexDamaged):
        return None


def _reusable(
    before: tuple[Path, Manifest] | None, parts: Sequence[View], prints: dict[str, str]
) -> Stores:
    """Stores of the generation before, of encoders that have not changed since."""
    if before is None:
        return {}
    folder, manifest = before
    return {
        name: VectorStore.open(folder, name)
        for view in parts
        if manifest.fingerprints.get(view.encoder) == prints[view.encoder]
        for name in (store_name(kind, view.encoder) for kind in (PASSAGES, QUESTIONS, KNOWN))
        if f"{name}.npy" in manifest.files
    }


def _report(
    manifest: Manifest,
    published: bool,
    counts: tuple[int, int],
    seconds: float,
    findings: list[Finding],
) -> BuildReport:
    return BuildReport(
        generation=manifest.generation,
        published=published,
        encoder=manifest.encoder,
        cases=manifest.cases,
        passages=manifest.passages,
        embedded=counts[0],
        reused=counts[1],
        seconds=seconds,
        findings=findings,
    )
