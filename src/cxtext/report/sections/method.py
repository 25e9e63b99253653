"""What was read and assumed, how every figure is defined, and which version and models made it."""

from cxtext.report.document import Block, Bullets, Definitions, Paragraph, Section, Table
from cxtext.report.scope import Scope
from cxtext.report.sections.effort import scale_in_words
from cxtext.report.wording import Wording

# The order in which figures are defined; whatever else a run holds follows.
ORDER = (
    *("csat_stated", "csat_inferred", "csat_combined", "csat_combined_gain", "csat_gap"),
    *("rating_stated_mean", "rating_inferred_mean", "rating_combined_mean", "rating_combined_gain"),
    *(f"rating_share_{star}" for star in range(1, 6)),
    *("agreement_exact", "agreement_within_one", "mae", "bias", "qwk", "alpha"),
    *("limits_of_agreement", "nps_correlation"),
    *("nps", "nps_promoters", "nps_passives", "nps_detractors", "ces_mean", "ces_easy_share"),
    *("churn_rate", "churn_rate_gross", "clv", "share_unscored", "share_unsupported", "match_rate"),
)
SHA256_SHOWN = 12
IN_FILES = ("format", "compression", "encoding", "delimiter")  # told in the table of files
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def recognised(scope: Scope) -> Section:
    """Return the section on the files as they were read, and what was recognised or assumed."""
    wording = scope.wording
    blocks: list[Block] = [Paragraph(wording("recognised.intro"), "quiet"), _files(scope)]
    header = tuple(wording(f"recognised.{name}") for name in ("what", "value", "file", "how"))
    shown = [found for found in scope.data["recognised"] if found["what"] not in IN_FILES]
    rows = tuple(
        (
            wording.code("recognised.what", found["what"]),
            _value(wording, found["what"], found["value"]),
            found["file"],
            wording("recognised.assumed" if found["assumed"] else "recognised.matched"),
        )
        for found in sorted(shown, key=lambda found: not found["assumed"])
    )
    if rows:
        blocks.append(Table(wording("recognised.table"), header, rows))
    return Section("recognised", wording("recognised.title"), tuple(blocks))


def _value(wording: Wording, what: str, value: str) -> str:
    if what == "ces_scale":
        return scale_in_words(wording, *value.split())
    return wording.code("recognised.value", value)


def _files(scope: Scope) -> Table:
    wording = scope.wording
    header = tuple(
        wording(f"file.{name}") for name in ("name", "kind", "format", "rows", "rejected", "sha256")
    )
    rows = (
        (
            file["name"],
            wording.code("file.kind", file["kind"]),
            ", ".join(_format(scope, file)),
            wording.number(file["rows"]),
            wording.number(file["rejected"]),
            file["sha256"][:SHA256_SHOWN],
        )
        for file in scope.data["inputs"]
    )
    return Table(wording("file.title"), header, tuple(rows))


def _format(scope: Scope, file: dict[str, str | None]) -> list[str]:
    parts = [file["format"], file["encoding"], file["compression"]]
    if file["delimiter"]:
        parts.append(scope.wording.code("delimiter", DELIMITERS.get(file["delimiter"], file["delimiter"])))
    return [part for part in parts if part]


def method(scope: Scope) -> Section:
    """Return the section that defines every figure shown and says what made it."""
    wording, settings = scope.wording, scope.data["settings"]
    number = wording.number
    thresholds = ", ".join(
        wording("method.threshold", scale=scale, value=number(value, 0 if value == int(value) else 1))
        for scale, value in settings["satisfied_from"].items()
    )
    choices = (
        wording("method.level", level=scope.level),
        wording("method.suppression", n=number(settings["min_group_n"])),
        wording("method.satisfied_from", thresholds=thresholds),
        wording("method.engine", engine=settings["engine"], version=scope.data["version"]),
        wording("method.between_companies"),
        wording("method.seed", seed=number(settings["seed"])),
    )
    blocks = (
        Paragraph(wording("method.intro"), "quiet"),
        Bullets(choices),
        _definitions(scope),
        _models(scope),
    )
    return Section("method", wording("method.title"), blocks)


def _definitions(scope: Scope) -> Definitions:
    wording = scope.wording
    methods: dict[str, list[str]] = {}
    for row in scope.data["metrics"]:
        known = methods.setdefault(row["metric"], [])
        if row["method"] and row["method"] not in known:
            known.append(row["method"])
    order = [*ORDER, *(metric for metric in methods if metric not in ORDER)]
    return Definitions(
        tuple(_entry(wording, metric, methods[metric]) for metric in order if metric in methods)
    )


def _entry(wording: Wording, metric: str, methods: list[str]) -> tuple[str, str]:
    defined = wording(f"define.{metric}") if wording.has(f"define.{metric}") else ""
    used = ", ".join(wording.code("method_used", method) for method in methods)
    told = wording("method.used", methods=used) if used else ""
    return wording.code("metric", metric), f"{defined} {told}".strip()


def _models(scope: Scope) -> Table:
    wording = scope.wording
    header = tuple(wording(f"model.{name}") for name in ("name", "version", "files"))
    rows = (
        (
            model["name"],
            model["version"],
            ", ".join(f"{f} {sha[:SHA256_SHOWN]}" for f, sha in model["files"].items()),
        )
        for model in scope.data["models"]
    )
    return Table(wording("model.title"), header, tuple(rows))
