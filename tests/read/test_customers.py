"""Customers files: a row a customer, or customers counted by market and period."""

import datetime as dt
from collections.abc import Callable

import pytest

from cxtext.errors import InputError
from cxtext.read import read_customers
from cxtext.schema.results import CustomersRead
from cxtext.schema.settings import Settings

Read = Callable[..., CustomersRead]


@pytest.fixture
def customers(write: Callable[[str, str], str]) -> Read:
    """Read texts written as customers files, with these settings."""
    return lambda *contents, **settings: read_customers(
        [write(f"{place}.csv", content) for place, content in enumerate(contents)],
        Settings.model_validate(settings),
    )


@pytest.mark.parametrize(
    "header",
    [
        "customer_id;country;start date;end date;margin",
        "klantnummer;land;klant sinds;einddatum;marge",
        "numéro client;pays;client depuis;date de résiliation;marge moyenne",
        "kundenummer;land;kunde siden;slutdato;dækningsbidrag",
    ],
)
def test_columns_are_recognised_in_four_languages(customers: Read, header: str) -> None:
    """In a customers file an end date is when a customer left, not when a survey was filled in."""
    read = customers(f"{header}\nA1;Danmark;2024-01-15;2024-03-02;12,50\nA2;Danmark;2024-02-01;;7,25\n")
    assert read.customers.rows() == [
        ("0.csv", 2, "A1", "DK", dt.date(2024, 1, 15), dt.date(2024, 3, 2), True, 12.5),
        ("0.csv", 3, "A2", "DK", dt.date(2024, 2, 1), None, True, 7.25),
    ]


def test_customers_counted_are_recognised(customers: Read) -> None:
    """Thousands set apart; a date becomes the period it lies in."""
    read = customers(
        "market,date,customers at start,customers at end,new customers,margin\n"
        'NL,2025-01-31,"1,500","1,350",10,20.5\n',
        period="quarter",
    )
    assert read.counts.rows() == [("0.csv", 2, "NL", "2025-Q1", 1500, 1350, 10, 20.5)]
    assert read.customers.is_empty()


def test_a_file_of_neither_kind_is_refused(customers: Read) -> None:
    """With the remedy."""
    with pytest.raises(InputError, match="customers_start=NAME"):
        customers("market,margin\nNL,3\n")


def test_an_end_that_can_t_be_read_is_not_taken_for_none(customers: Read) -> None:
    """Who has one may have left: they are left out of churn, and counted. Year 9999 stands for never."""
    read = customers("customer id,start,end\n1,2024-01-01,soon\n2,2024-01-01,9999-12-31\n3,2024-01-01,\n")
    assert read.customers.select("end", "end_known").rows() == [(None, False), (None, True), (None, True)]
    assert any("'end': left out 1 of 3" in warning for warning in read.warnings)


def test_without_an_end_column_nobody_is_known_to_have_stayed(customers: Read) -> None:
    """So churn is no figure, not 0."""
    assert customers("customer id,start\n1,2024-01-01\n").customers["end_known"].to_list() == [False]


def test_repeats_count_once_and_contradictions_not_at_all(customers: Read) -> None:
    """Across files too, as lists of customers are exported every month."""
    header = "customer id,start,end\n"
    first = header + "1,2024-01-01,\n2,2024-01-01,\n3,2024-05-01,2024-04-01\n"
    second = header + "1,2024-01-01,\n2,2024-02-01,\n4,2024-01-01,\n"
    read = customers(first, second)
    assert read.customers["respondent_id"].to_list() == ["1", "4"]
    assert any("left out 1 customers whose rows contradict" in warning for warning in read.warnings)
    assert any("left out 1 customers who left before they came" in warning for warning in read.warnings)


def test_a_period_without_customers_at_start_is_left_out(customers: Read) -> None:
    """There is no rate of nothing; nor is a market and period counted twice."""
    read = customers("period,customers at start,customers at end\n2024,0,5\n2025,10,9\n2025,10,8\n")
    assert read.counts["at_end"].to_list() == [9]
    assert any("left out 2 rows" in warning for warning in read.warnings)


def test_a_column_declared_for_another_file_is_not_missed(customers: Read) -> None:
    """The text column is of the comments."""
    read = customers("customer id,start,end\n1,2024-01-01,\n", columns={"text": ("Toelichting",)})
    assert read.warnings == ()
