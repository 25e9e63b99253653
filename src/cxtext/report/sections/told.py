"""How far the text tells the NPS and CES answers, and what it says of comments without one."""

from cxtext.report.document import Block, Paragraph, Section
from cxtext.report.scope import CES_ANSWERS, NPS_ANSWERS, Breakdown, Group, Scope
from cxtext.report.sections.satisfaction import metric_table

# Of each question: the answers, worst first, what the inferred shares are called, and the correlation.
QUESTIONS = {
    "nps": (NPS_ANSWERS, "nps_inferred", "nps_correlation"),
    "ces": (CES_ANSWERS, "effort_inferred", "ces_correlation"),
}
METRICS = (
    *(f"{name}_text_skill" for name in QUESTIONS),
    *(f"{name}_text_{answer}" for name, (answers, *_) in QUESTIONS.items() for answer in answers),
    *(f"{inferred}_{answer}" for answers, inferred, _ in QUESTIONS.values() for answer in answers),
    *("nps_inferred", "ces_correlation"),
)


def told(scope: Scope) -> Section:
    """Return the section on what the text tells of each question; empty where no comment has an answer."""
    wording = scope.wording
    blocks = [block for name in QUESTIONS for block in _of_question(scope, name)]
    intro = [Paragraph(wording("told.intro"), "quiet")] if blocks else []
    return Section("told", wording("told.title"), (*intro, *blocks))


def _of_question(scope: Scope, name: str) -> list[Block]:
    skill = scope.metric(f"{name}_text_skill", scope.whole)
    if not skill or not skill["n"]:
        return []
    answers = QUESTIONS[name][0]
    blocks: list[Block] = [Paragraph(" ".join(_skill(scope, name)))]
    groups: list[Group] = [{**scope.whole, "answered": answer} for answer in answers]
    if scope.metric(f"{name}_text_{answers[0]}", groups[0]):
        labelled = tuple((scope.label(group), group) for group in groups)
        title = scope.wording(f"told.table.{name}")
        pointed = [f"{name}_text_{answer}" for answer in answers]
        blocks += [
            Paragraph(_confused(scope, name, groups)),
            metric_table(scope, Breakdown(title, labelled, crossed=False), pointed),
        ]
    blocks += [Paragraph(sentence) for sentence in _inferred(scope, name)]
    return [*blocks, *_groups(scope, name)]


def _groups(scope: Scope, name: str) -> list[Block]:
    """Return the skill of each group of the first breakdown, open, and of others where any has one."""
    inferred = QUESTIONS[name][1]
    shown = [f"{name}_text_skill", *([inferred] if name == "nps" else [f"{inferred}_easy"])]
    blocks: list[Block] = []
    for breakdown in scope.breakdowns(of=shown[:1]):
        known = any(scope.figure(shown[0], group).value for _, group in breakdown.groups)
        if known or not blocks:
            title = scope.wording(f"told.groups.{name}", breakdown=breakdown.title)
            blocks.append(
                metric_table(scope, breakdown, shown, title=title, summary=title if blocks else None)
            )
    return blocks


def _skill(scope: Scope, name: str) -> list[str]:
    """Return the skill and the correlation of the whole in words, or why there is none."""
    wording, metric = scope.wording, f"{name}_text_skill"
    skill = scope.figure(metric, scope.whole)
    if skill.value is None:
        missing = {"metric": wording(f"metric.{metric}"), "reason": skill.reason or ""}
        return [wording("answer.missing", **missing)]
    beyond_chance = skill.low is not None and skill.low > 0
    told = {"value": skill.value, "n": skill.n, "interval": scope.interval(skill)}
    sentences = [wording(f"told.{'skill' if beyond_chance else 'no_skill'}.{name}", **told)]
    together = scope.figure(QUESTIONS[name][2], scope.whole)
    if together.value is not None:
        told = {"value": together.value, "n": together.n, "interval": scope.interval(together)}
        sentences.append(wording(f"told.correlation.{name}", **told))
    return sentences


def _confused(scope: Scope, name: str, groups: list[Group]) -> str:
    """Return how often the words of the worst and the best answers point to their own and to the other end."""
    worst, _, best = QUESTIONS[name][0]
    figures = {
        f"{given}_{to}": scope.figure(f"{name}_text_{answer}", group)
        for given, group in (("worst", groups[0]), ("best", groups[-1]))
        for to, answer in (("worst", worst), ("best", best))
    }
    told = {key: figure.value or figure.reason or "" for key, figure in figures.items()}
    counts = {"n_worst": figures["worst_worst"].n, "n_best": figures["best_best"].n}
    return scope.wording(f"told.confused.{name}", **told, **counts)


def _inferred(scope: Scope, name: str) -> list[str]:
    """Return what the text says of comments without an answer; nothing where there are none."""
    answers, inferred, _ = QUESTIONS[name]
    shares = {answer: scope.figure(f"{inferred}_{answer}", scope.whole) for answer in answers}
    first = shares[answers[0]]
    if first.value is None:
        return []
    told = {answer: share.value or "" for answer, share in shares.items()} | {"n": first.n}
    if name == "nps":
        score = scope.figure(inferred, scope.whole)
        told |= {"value": score.value or "", "interval": scope.interval(score)}
    sentence = scope.wording(f"told.inferred.{name}", **told)
    return [" ".join([sentence, *([scope.wording("told.proxy")] if first.note else [])])]
