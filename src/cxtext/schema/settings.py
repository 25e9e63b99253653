"""All settings of a run, from defaults, `cxtext.toml` and options, checked once."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from cxtext.errors import InputError, UsageError
from cxtext.schema.columns import LANGUAGES, Role

Dimension = Literal["market", "language", "channel", "touchpoint", "period"]

# Smallest rating that counts as satisfied, per scale. 4 of 5 is the field's top-2-box; the others are
# the points that map to 4 or more on 1..5, rounded to a whole point.
SATISFIED_FROM: dict[str, float] = {
    "1-5": 4.0,
    "1-7": 6.0,
    "1-10": 8.0,
    "0-10": 8.0,
    "0-100": 75.0,
    "words": 4.0,
}


BY: tuple[tuple[Dimension, ...], ...] = (("market",), ("language",), ("market", "language"))
# What a run that names a length of period breaks down by, unless it names breakdowns too.
BY_PERIOD = (*BY, ("period",), ("market", "period"), ("language", "period"))


class LanguageSettings(BaseModel):
    """Which priors language detection uses, and how much each weighs (log-odds are multiplied by it)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    closed: tuple[str, ...] | None = Field(
        default=None, description="Only these languages exist in the input; null: any language may occur."
    )
    use_declared: bool = Field(default=True, description="Use the input's own language column as a prior.")
    use_market: bool = Field(default=True, description="Use the languages of the market as a prior.")
    use_mix: bool = Field(
        default=True,
        description="Use the language mix of the first 2,000 rows (several files: of each as many) as a prior.",
    )

    @field_validator("closed")
    @classmethod
    def _known(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        unknown = sorted(set(value or ()) - set(LANGUAGES))
        if unknown:
            raise ValueError(f"{', '.join(unknown)} not supported; choose from {', '.join(LANGUAGES)}")
        return value


DEFAULT_ENGINE: Final = "cascade"


class Settings(BaseModel):
    """Every choice that changes a figure. The whole of it is written to manifest.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: str = Field(
        default=DEFAULT_ENGINE,
        description="cascade, linear, transformer, a model folder, or hf:PATH of a checkpoint.",
    )
    language: LanguageSettings = LanguageSettings()
    keep_personal_data: bool = Field(default=False, description="Do not replace personal data in texts.")
    question: str | None = Field(default=None, description="The survey question all comments answer.")

    explain: bool = Field(default=False, description="Name the words that moved each comment's score most.")

    columns: dict[Role, tuple[str, ...]] = Field(
        default_factory=dict, description="Role of a column = its names in the input."
    )
    delimiter: str | None = Field(default=None, description="Field delimiter; null: recognised.")
    encoding: str | None = Field(default=None, description="Text encoding; null: recognised.")
    sheet: str | None = Field(default=None, description="Excel sheet; null: the first with a text column.")
    date_format: str | None = Field(default=None, description="strptime format of dates; null: recognised.")

    rating_scale: str | None = Field(
        default=None, description="1-5, 1-7, 1-10, 0-10, 0-100 or words; null: assumed from name and values."
    )
    ces_scale: Literal["1-5", "0-5", "1-7"] = Field(default="1-5", description="Scale of CES.")
    ces_direction: Literal["high_is_easy", "high_is_hard"] = Field(
        default="high_is_easy", description="What the top of the CES scale means."
    )
    satisfied_from: dict[str, float] = Field(
        default_factory=lambda: dict(SATISFIED_FROM),
        description="Smallest rating that counts as satisfied, per scale; scales not named keep theirs.",
    )

    by: tuple[tuple[Dimension, ...], ...] = Field(
        default=BY,
        description="Breakdowns; a tuple of several dimensions crosses them.",
    )
    period: Literal["week", "month", "quarter", "year", "wave"] = Field(
        default="month",
        description="Length of a period when the breakdown has one, or wave: the input's own waves. Given "
        "without `by`, the default breakdowns are also made by period.",
    )
    min_group_n: int = Field(default=10, ge=1, description="Groups with fewer rows show no figure.")
    level: float = Field(default=0.95, gt=0.5, lt=1, description="Level of every interval.")
    ppi_min_rated_n: int = Field(default=20, ge=2, description="Fewest rated comments for csat_combined.")
    text_skill_min_n: int = Field(
        default=200,
        ge=30,
        description="Fewest respondents with a comment and an answer, to learn the answer from the text.",
    )
    text_skill_min_category_n: int = Field(
        default=20, ge=10, description="Fewest of them in each third: detractors, passives, promoters."
    )
    company_error_csat: float | None = Field(
        default=None,
        ge=0,
        description="Error of inferred CSAT from company to company, root mean square in percentage points; "
        "null: as measured for the engine.",
    )
    company_error_rating: float | None = Field(
        default=None, ge=0, description="The same of the mean inferred rating, in stars."
    )
    adjust: Literal["holm", "benjamini-hochberg"] = Field(
        default="holm", description="How p-values are adjusted for the number of comparisons."
    )
    themes: bool = Field(default=True, description="Extract terms and compare praise with complaints.")
    theme_top_n: int = Field(default=10, ge=1, description="Distinctive terms shown per side and group.")
    largest_weight: float = Field(
        default=5, gt=1, description="Largest weight over the mean weight; the smallest is 1 over it."
    )
    drivers: bool = Field(default=True, description="Find what goes with ratings and NPS.")
    seed: int = Field(default=0, ge=0, description="Seed of every bootstrap.")

    report_language: Literal["nl", "fr", "da", "en"] | None = Field(
        default=None, description="Language of every report; null: the market's."
    )
    formats: tuple[Literal["parquet", "csv", "jsonl", "xlsx"], ...] = Field(
        default=("parquet",), description="Formats of the comments file."
    )

    @field_validator("satisfied_from")
    @classmethod
    def _of_every_scale(cls, value: dict[str, float]) -> dict[str, float]:
        unknown = sorted(value.keys() - SATISFIED_FROM.keys())
        if unknown:
            raise ValueError(f"{unknown[0]} is no scale; there are {', '.join(SATISFIED_FROM)}")
        return SATISFIED_FROM | value

    @field_validator("by")
    @classmethod
    def _crosses_different(
        cls, value: tuple[tuple[Dimension, ...], ...]
    ) -> tuple[tuple[Dimension, ...], ...]:
        same = ["*".join(dimensions) for dimensions in value if len({*dimensions}) < len(dimensions)]
        if same:
            raise ValueError(f"{same[0]} crosses a dimension with itself")
        return value


def load_settings(path: Path | None, overrides: dict[str, Any]) -> Settings:
    """Merge defaults, the TOML file at `path` and `overrides` (options win, in a table key by key).

    Raises
    ------
    InputError: the file can't be read as TOML. UsageError: a setting is unknown or out of range.
    """
    try:
        from_file = tomllib.loads(path.read_text("utf-8")) if path else {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not a readable TOML file ({error})") from error
    merged = _merged(from_file, {key: value for key, value in overrides.items() if value is not None})
    if "period" in merged and "by" not in merged:
        merged["by"] = BY_PERIOD
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"setting {where}: {first['msg']}") from error


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return two tables as one: `above` wins, and of a table that both have only in the keys it names."""
    both = {
        key: _merged(below[key], value)
        for key, value in above.items()
        if isinstance(value, Mapping) and isinstance(below.get(key), Mapping)
    }
    return {**below, **above, **both}
