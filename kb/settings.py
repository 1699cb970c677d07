"""Settings of the commands and servers: environment ``KB_*`` first, then ``./kb.toml``, then these
defaults. ``KB_PORT=9000 kb serve`` and a line ``port = 9000`` in ``kb.toml`` mean the same.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from kb.errors import ConfigurationError
from kb.model import Lang

CONFIG_FILE = Path("kb.toml")


class Settings(BaseSettings):
    """Where things are and how to serve them; paths are relative to the working directory."""

    model_config = SettingsConfigDict(env_prefix="KB_", toml_file=CONFIG_FILE, extra="forbid")

    cases_dir: Path = Field(Path("cases"), description="folder of case files")
    index_dir: Path = Field(Path("var/index"), description="folder of the published index")
    encoder: str = Field("default", description="default, fast, or a sentence-transformers model")
    host: str = Field("127.0.0.1", description="address that kb serve listens on")
    port: int = Field(8000, ge=1, le=65535, description="port that kb serve listens on")
    default_lang: Lang = Field("zh-Hant", description="language of pages when none is asked for")
    repository_url: str | None = Field(None, description="where pull requests go")
    public_url: str | None = Field(None, description="address of the site, for permanent links")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, environment, ``kb.toml``: the earlier wins. No ``.env``, no secrets folder."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def settings() -> Settings:
    """The settings in force now; raises :class:`ConfigurationError` naming what is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        slips = "; ".join(
            f"{'.'.join(map(str, slip['loc']))}: {slip['msg']}" for slip in error.errors()
        )
        raise ConfigurationError(f"settings (KB_* or {CONFIG_FILE}): {slips}") from error
    except (SettingsError, ValueError) as error:  # TOMLDecodeError is a ValueError
        raise ConfigurationError(f"settings (KB_* or {CONFIG_FILE}): {error}") from error
