"""The sections of a report, in reading order: each a function from a scope to a section."""

from cxtext.report.document import Section
from cxtext.report.scope import Scope
from cxtext.report.sections.account import account
from cxtext.report.sections.agreement import agreement
from cxtext.report.sections.churn import churn
from cxtext.report.sections.contrasts import contrasts
from cxtext.report.sections.drivers import drivers
from cxtext.report.sections.effort import effort
from cxtext.report.sections.headline import headline
from cxtext.report.sections.method import method, recognised
from cxtext.report.sections.others import others
from cxtext.report.sections.partings import partings
from cxtext.report.sections.recommendation import recommendation
from cxtext.report.sections.satisfaction import satisfaction
from cxtext.report.sections.subjects import subjects
from cxtext.report.sections.told import told
from cxtext.report.sections.trends import trends
from cxtext.report.sections.weighting import weighting

IN_ORDER = (
    *(headline, satisfaction, agreement, recommendation, effort, told, trends, weighting, churn, others),
    *(contrasts, subjects, drivers, partings, account, recognised, method),
)


def sections_of(scope: Scope) -> tuple[Section, ...]:
    """Return the sections that have anything to say, in reading order."""
    sections = (section(scope) for section in IN_ORDER)
    return tuple(section for section in sections if section.blocks)
