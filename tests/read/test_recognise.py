"""Which column holds what, in four languages."""

import pytest

from cxtext.errors import InputError
from cxtext.read import find_column
from cxtext.read.recognise import find_roles, match_family, scale_in_name
from cxtext.schema.columns import Role
from cxtext.schema.settings import Settings


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("comment", "text"),
        ("Opmerking", "text"),
        ("TOELICHTING", "text"),
        ("verbatim", "text"),
        ("Commentaire", "text"),
        ("Avis", "text"),
        ("Kommentar", "text"),
        ("Bemærkning", "text"),
        ("bemaerkning", "text"),
        ("besked", "text"),
        ("Beskrivelse", "text"),
        ("review_text", "text"),
        ("Uw opmerking", "text"),
        ("Customer comments:", "text"),
        ("Réponse libre", "text"),
        ("Stars", "rating"),
        ("Note globale", "rating"),
        ("Quelle note donnez-vous (1-5) ?", "rating"),
        ("Cijfer (1-10)", "rating"),
        ("Bedømmelse", "rating"),
        ("satisfaction_0_10", "satisfaction"),
        ("Hoe tevreden bent u?", "satisfaction"),
        ("Tilfredshed", "satisfaction"),
        ("NPS score", "nps"),
        ("How likely are you to recommend us to a friend?", "nps"),
        ("Hvor sandsynligt er det, at du vil anbefale os?", "nps"),
        ("Quelle est la probabilité que vous nous recommandiez ?", "nps"),
        ("How easy was it to solve your issue?", "ces"),
        ("Hoeveel moeite kostte het u?", "ces"),
        ("Land", "market"),
        ("Pays", "market"),
        ("countryCode", "market"),
        ("Kanaal", "channel"),
        ("Canal", "channel"),
        ("Kanal", "channel"),
        ("Touch point", "touchpoint"),
        ("Contactmoment", "touchpoint"),
        ("Datum", "date"),
        ("Created At", "date"),
        ("Klantnummer", "respondent_id"),
        ("RespondentID", "respondent_id"),
        ("Sprog", "language"),
        ("Langue", "language"),
        ("Spørgsmål", "question"),
        ("Pourquoi cette note ?", "text"),
        ("Waarom geeft u dit cijfer?", "text"),
    ],
)
def test_a_column_is_known_by_its_name(name: str, family: str) -> None:
    """Case, accents, punctuation and words around the name aside."""
    found = match_family(name)
    assert found is not None
    assert found.family == family


@pytest.mark.parametrize(
    "name", ["comment_id_2x", "rating_count", "textile", "internal flag", "Q1", "company"]
)
def test_other_columns_are_not_taken_for_known_ones(name: str) -> None:
    """A name that merely contains a known word is not one."""
    assert match_family(name) is None


def test_an_exact_name_goes_before_a_similar_one() -> None:
    """`comment` is the text, `additional comment` is carried along."""
    roles = find_roles(["additional comment", "comment"], Settings())
    assert roles.columns[Role.TEXT] == ("comment",)


def test_a_question_in_a_header_row_names_the_column() -> None:
    """Survey tools call the column Q3."""
    roles = find_roles(["Q1", "Q3"], Settings(), titles={"Q3": "Why did you give this score?"})
    assert roles.get(Role.TEXT) == "Q3"


def test_a_rating_goes_before_a_satisfaction_score() -> None:
    """A file may hold both; the other is carried along."""
    roles = find_roles(["satisfaction", "stars"], Settings())
    assert (roles.get(Role.RATING), roles.family) == ("stars", "rating")


def test_the_role_itself_goes_before_other_names() -> None:
    """`id` before `comment id`, without a question; comments are never chosen between."""
    roles = find_roles(["comment id", "id", "comment", "text"], Settings())
    assert roles.get(Role.ID) == "id"
    assert roles.undecided == {Role.TEXT: ("comment", "text")}


def test_declared_columns_are_taken_whatever_their_name() -> None:
    """Case and punctuation aside, and never for two roles at once."""
    settings = Settings.model_validate({"columns": {"text": ["titel", "Comment"], "rating": ["NPS"]}})
    roles = find_roles(["Titel", "Comment", "NPS"], settings)
    assert roles.columns == {Role.TEXT: ("Titel", "Comment"), Role.RATING: ("NPS",)}
    assert roles.family == "nps"


def test_columns_that_are_not_there_are_told() -> None:
    """The text falls back on nothing, other roles on what is recognised."""
    settings = Settings.model_validate({"columns": {"text": ["Verbatim"], "nps": ["Promoter"]}})
    roles = find_roles(["comment", "nps"], settings)
    assert roles.missing == {Role.TEXT: ("Verbatim",), Role.NPS: ("Promoter",)}
    assert roles.columns == {Role.NPS: ("nps",)}


def test_one_column_is_found_by_its_role() -> None:
    """For commands that need only the text."""
    assert find_column(["id", "Kommentar"], Role.TEXT, Settings()) == "Kommentar"
    assert find_column(["id", "Kommentar"], Role.MARKET, Settings()) is None
    with pytest.raises(InputError, match="choose with --column text=comment"):
        find_column(["comment", "review"], Role.TEXT, Settings())


@pytest.mark.parametrize(
    ("name", "scale"),
    [
        ("satisfaction_0_10", "0-10"),
        ("Rating (1-5)", "1-5"),
        ("Cijfer 1 t/m 10", "1-10"),
        ("note de 0 à 100", "0-100"),
        ("rating", None),
        ("2021-10", None),
        ("rating 10-50", None),
    ],
)
def test_a_name_may_tell_the_scale(name: str, scale: str | None) -> None:
    """As survey tools write it into the header."""
    assert scale_in_name(name) == scale
