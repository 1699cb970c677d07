"""Settings come from the environment, then kb.toml, then defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import ConfigurationError
from kb.settings import Settings, settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"KB_{name.upper()}", raising=False)
    return tmp_path


def test_defaults() -> None:
    conf = settings()
    assert (conf.cases_dir, conf.index_dir) == (Path("cases"), Path("var/index"))
    assert (conf.host, conf.port, conf.default_lang) == ("127.0.0.1", 8000, "zh-Hant")
    assert conf.encoder == "default"
    assert conf.repository_url is None


def test_the_environment_wins_over_the_file(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (elsewhere / "kb.toml").write_text('port = 9000\ndefault_lang = "ja"\n', encoding="utf-8")
    monkeypatch.setenv("KB_PORT", "9001")
    assert (settings().port, settings().default_lang) == (9001, "ja")


@pytest.mark.parametrize("text", ["port = 0", 'default_lang = "fr"', "prot = 9000", "port = ["])
def test_a_senseless_file_is_refused(elsewhere: Path, text: str) -> None:
    (elsewhere / "kb.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"kb\.toml"):
        settings()


def test_a_senseless_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_PORT", "many")
    with pytest.raises(ConfigurationError, match="port"):
        settings()
