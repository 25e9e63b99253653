"""`cxtext analyse --customers`: from a file to churn beside satisfaction."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

TEXTS = {5: "Very friendly staff, everything works fine", 1: "Terrible, nobody ever answers the phone"}


def _write(folder: Path) -> None:
    with (folder / "comments.jsonl").open("w") as file:
        for number in range(40):
            rating = 5 if number % 2 else 1
            row = {"comment": TEXTS[rating], "rating": rating, "customer_id": f"a{number}@example.com"}
            file.write(json.dumps(row | {"date": "2025-01-10", "country": "GB"}) + "\n")
    rows = [
        f"a{number}@example.com,GB,2024-03-01,{'' if number % 2 else '2025-02-14'},20" for number in range(40)
    ]
    header = "customer id,country,start date,end date,margin"
    (folder / "customers.csv").write_text(
        "\n".join([header, *rows, "late@example.com,GB,2025-03-31,,"]) + "\n"
    )


def test_churn_stands_beside_satisfaction(cxtext: Callable[..., Any], tmp_path: Path) -> None:
    """Every unhappy customer left, no happy one; keys meet although they are addresses, and none is printed."""
    _write(tmp_path)
    ran = cxtext(
        "analyse", "comments.jsonl", "--customers", "customers.csv", "--no-themes", "--period", "quarter"
    )
    assert (ran.code, ran.err) == (0, "")
    assert "customers.csv" in ran.out
    rows = json.loads((tmp_path / "cxtext-out" / "metrics.json").read_text("utf-8"))
    rates = {json.dumps(row["group"]): row["value"] for row in rows if row["metric"] == "churn_rate"}
    assert rates['{"satisfaction_stated": "not_satisfied"}'] == 100
    assert rates['{"satisfaction_inferred": "satisfied"}'] == 0
    page = (tmp_path / "cxtext-out" / "report.html").read_text("utf-8")
    assert "Who leaves, and what a customer is worth" in page
    assert "@example.com" not in page


def test_a_file_without_customers_ends_the_run(cxtext: Callable[..., Any], tmp_path: Path) -> None:
    """With the remedy in one line."""
    _write(tmp_path)
    (tmp_path / "wrong.csv").write_text("country,colour\nGB,red\n")
    ran = cxtext("analyse", "comments.jsonl", "--customers", "wrong.csv")
    assert ran.code == 3
    assert "--column customers_start=NAME" in ran.err


def test_weighted_figures_stand_beside_the_others(cxtext: Callable[..., Any], tmp_path: Path) -> None:
    """By --weights, and with margins that don't add up the run ends with exit code 3."""
    _write(tmp_path)
    (tmp_path / "margins.csv").write_text("dimension,value,share\nmarket,United Kingdom,100\n")
    (tmp_path / "wrong.csv").write_text("dimension,value,share\nmarket,GB,80\n")
    options = ("analyse", "comments.jsonl", "--no-themes", "--weights")
    assert cxtext(*options, "margins.csv").code == 0
    rows = json.loads((tmp_path / "cxtext-out" / "metrics.json").read_text("utf-8"))
    values = {row["metric"]: row["value"] for row in rows if not row["group"]}
    assert values["csat_stated_weighted"] == values["csat_stated"] == 50
    ran = cxtext(*options, "wrong.csv", "--force")
    assert (ran.code, "they must add to 1 or 100" in ran.err) == (3, True)
