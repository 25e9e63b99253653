"""Waves, alerts and totals, as a user runs them."""

import json
from pathlib import Path

RATED = "comment,rating,market,golf\n"


def comments(*satisfied: int, market: str = "NL") -> str:
    rows = [
        f"Prima service wave {wave} nummer {place},{5 if place < good else 1},{market},Golf {wave}\n"
        for wave, good in enumerate(satisfied, start=8)
        for place in range(40)
    ]
    return RATED + "".join(rows)


def test_a_fall_in_the_last_wave_is_an_alert_in_summary_and_files(cxtext, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Golf 10 against Golf 9: in the terminal, alerts.json, report.json and --json."""
    (tmp_path / "in.csv").write_text(comments(36, 36, 8), "utf-8")
    (tmp_path / "totals.csv").write_text("land,uitgenodigd\nNL,400\n", "utf-8")
    ran = cxtext("analyse", "in.csv", "--period", "wave", "--totals", "totals.csv", "--out", "out")
    assert ran.code == 0, ran.err
    assert "csat_stated, NL: -70 points" in ran.out
    assert "in Golf 10, the last period" in ran.out
    alerts = json.loads((tmp_path / "out" / "alerts.json").read_text("utf-8"))
    assert {row["period"] for row in alerts} == {"Golf 10"}
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert report["alerts"] == alerts
    rates = {row["metric"]: row["value"] for row in report["metrics"] if row["group"] == {"market": "NL"}}
    assert (rates["response_rate"], rates["comment_rate"]) == (30, 100)


def test_waves_and_totals_that_make_no_sense_end_in_one_line(cxtext, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """With file, row and column; nothing is written."""
    (tmp_path / "in.csv").write_text(comments(20, 20) + "goed zo,5,NL,nulmeting\n", "utf-8")
    (tmp_path / "totals.csv").write_text("land,uitgenodigd\nNL,40\n", "utf-8")
    unclear = cxtext("analyse", "in.csv", "--period", "wave", "--out", "out")
    assert unclear.code == 3
    assert "in.csv, row 82, column 'golf': the order of waves" in unclear.err
    many = cxtext("analyse", "in.csv", "--totals", "totals.csv", "--out", "out")
    assert many.code == 3
    assert "totals.csv, row 2, column 'uitgenodigd': 40 invited in NL, but 81 answered" in many.err
    assert not (tmp_path / "out").exists()
