"""Options that several commands share, and how they become settings."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cxtext.errors import UsageError
from cxtext.schema.settings import Settings, load_settings

CONFIG = Path("cxtext.toml")

INPUT = "Input"
ANALYSIS = "Analysis"
OUTPUT = "Output"

Column = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        help="Name a column: ROLE=NAME[,NAME]. Roles: id, text, question, language, market, channel, touchpoint, "
        "date, wave, respondent_id, rating, nps, ces, period, n, start, end, customers_start, customers_end, "
        "customers_new, margin, invited.",
        rich_help_panel=INPUT,
    ),
]
Delimiter = Annotated[str | None, typer.Option(help="Field delimiter of CSV.", rich_help_panel=INPUT)]
Encoding = Annotated[str | None, typer.Option(help="Text encoding.", rich_help_panel=INPUT)]
Sheet = Annotated[str | None, typer.Option(help="Excel sheet.", rich_help_panel=INPUT)]
Question = Annotated[
    str | None, typer.Option(help="The survey question all comments answer.", rich_help_panel=INPUT)
]
Languages = Annotated[
    str | None,
    typer.Option(help="Only these languages occur, e.g. nl,fr,da,en.", rich_help_panel=ANALYSIS),
]
Priors = Annotated[
    str | None,
    typer.Option(
        help="Priors of language detection, of: declared,market,mix (none: no prior).",
        rich_help_panel=ANALYSIS,
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(help="linear, transformer, cascade, a model folder, or hf:PATH.", rich_help_panel=ANALYSIS),
]
Explain = Annotated[
    bool | None,
    typer.Option(
        "--explain",
        help="Add evidence: the words that moved each score most (one more scoring a word).",
        rich_help_panel=ANALYSIS,
    ),
]
KeepPersonalData = Annotated[
    bool | None,
    typer.Option("--keep-personal-data", help="Leave personal data in texts.", rich_help_panel=ANALYSIS),
]
Workers = Annotated[
    int | None,
    typer.Option(min=1, help="Processes; default: by the size of the input.", rich_help_panel=OUTPUT),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Exit 3 when rows were rejected.", rich_help_panel=OUTPUT)
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print errors and warnings only.", rich_help_panel=OUTPUT)
]
Json = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.", rich_help_panel=OUTPUT)]
Config = Annotated[
    Path | None,
    typer.Option(help="Settings file; default: cxtext.toml where it exists.", rich_help_panel=INPUT),
]


def settings_from(config: Path | None, **options: Any) -> Settings:
    """Return the settings of the run: defaults, then the settings file, then the options given.

    Raises
    ------
    UsageError: an option's value makes no sense. InputError: the settings file can't be read.
    """
    path = config or (CONFIG if CONFIG.is_file() else None)
    return load_settings(path, {key: value for key, value in options.items() if value is not None})


def columns(pairs: list[str] | None) -> dict[str, tuple[str, ...]] | None:
    """Parse `ROLE=NAME[,NAME]` options."""
    if not pairs:
        return None
    split = [pair.partition("=") for pair in pairs]
    wrong = [pair for pair, (_, sign, names) in zip(pairs, split, strict=True) if not (sign and names)]
    if wrong:
        raise UsageError(f"--column {wrong[0]}: write it as ROLE=NAME, for example --column text=Toelichting")
    return {role.strip(): tuple(names.split(",")) for role, _, names in split}


def breakdowns(value: str | None) -> list[list[str]] | None:
    """Parse `market,language,market*channel`."""
    return [part.strip().split("*") for part in value.split(",")] if value else None


def language(languages: str | None, priors: str | None) -> dict[str, Any] | None:
    """Return the settings of language detection that the two options ask for."""
    chosen: dict[str, Any] = {}
    if languages:
        chosen["closed"] = tuple(languages.replace(" ", "").split(","))
    if priors is not None:
        wanted = {part.strip() for part in priors.split(",")} - {"none", ""}
        if unknown := wanted - {"declared", "market", "mix"}:
            raise UsageError(f"--priors {sorted(unknown)[0]}: choose from declared, market, mix, none")
        chosen |= {f"use_{name}": name in wanted for name in ("declared", "market", "mix")}
    return chosen or None
