"""What every part's tests share: a small casebook of real cases, and indexes of it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from indexer.build import build_index

# No test asks a model hub for anything; a model that is not here is an error, at once.
os.environ["HF_HUB_OFFLINE"] = "1"

CASES = Path(__file__).parents[1] / "cases"

# Few enough to index in seconds; between them they have every language, both countries,
# a PDCA cycle, described titles, and the cases that questions in the tests ask for.
CHOSEN = (
    "jp-fukui-sabae-eyewear-medical-wearable",
    "jp-gifu-nagaragawa-basin-tourism",
    "jp-iwate-shizukuishi-ccrc",
    "jp-kochi-nishitosa-furusato-market",
    "jp-kumamoto-minamioguni-aso-grassland",
    "jp-mie-suzuka-agri-welfare",
    "jp-nagano-shinshu-wine-valley",
    "jp-nara-soni-agriforestry-corporation",
    "jp-okayama-nishiawakura-forest-ventures",
    "jp-okayama-tsuyama-industry-support",
    "jp-tochigi-mashiko-pottery-export",
    "tw-hualien-ndhu-usr-together",
    "tw-keelung-zhengbin-harbour-town",
    "tw-kinmen-design-flip-model-area",
    "tw-newtaipei-sanxia-indigo-brand",
    "tw-pingtung-donggang-fishery-town",
    "tw-tainan-baihe-local-industry-design",
)


@pytest.fixture(scope="session")
def casebook_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with copies of the chosen cases; tests must not change it."""
    folder = tmp_path_factory.mktemp("casebook")
    for case_id in CHOSEN:
        country = folder / case_id.partition("-")[0]
        country.mkdir(exist_ok=True)
        shutil.copy(CASES / country.name / f"{case_id}.md", country)
    return folder


@pytest.fixture(scope="session")
def index_dir(casebook_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published index of the small casebook, made with the fast encoder."""
    folder = tmp_path_factory.mktemp("index")
    build_index(casebook_dir, folder, encoder="fast")
    return folder


@pytest.fixture(scope="session")
def full_index_dir(casebook_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published index of the small casebook at full quality."""
    folder = tmp_path_factory.mktemp("full-index")
    build_index(casebook_dir, folder)
    return folder
