"""Options that more than one command takes, each defined once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Language(StrEnum):
    """Languages of output."""

    zh_hant = "zh-Hant"
    ja = "ja"
    en = "en"


class Mode(StrEnum):
    """By what a search ranks."""

    hybrid = "hybrid"
    dense = "dense"
    lexical = "lexical"


JsonFlag = Annotated[bool, typer.Option("--json", help="Print what the HTTP API would answer.")]
LangOption = Annotated[
    Language | None, typer.Option("--lang", help="Language of the output (default: the settings').")
]
CasesOption = Annotated[
    Path | None, typer.Option("--cases", help="Folder of case files (default: the settings').")
]
IndexOption = Annotated[
    Path | None, typer.Option("--index", help="Folder of the index (default: the settings').")
]
LimitOption = Annotated[int, typer.Option(min=1, max=100, help="How many cases.")]
ModeOption = Annotated[Mode, typer.Option(help="Meaning and words, meaning only, or words only.")]
DriverOption = Annotated[
    list[str] | None, typer.Option("--driver", help="Only this driver; repeatable.")
]
TopicOption = Annotated[
    list[str] | None, typer.Option("--topic", help="Only this topic; repeatable.")
]
TierOption = Annotated[list[str] | None, typer.Option("--kpi-tier", help="Only this KPI tier.")]
ThemeOption = Annotated[list[str] | None, typer.Option("--kpi-theme", help="Only this KPI theme.")]
CategoryOption = Annotated[
    list[str] | None, typer.Option("--category", help="Only this plan category.")
]
CountryOption = Annotated[list[str] | None, typer.Option("--country", help="Only this country.")]
SettingOption = Annotated[
    list[str] | None, typer.Option("--setting", help="Only this setting of the place.")
]
