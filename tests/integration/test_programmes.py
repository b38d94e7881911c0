"""Programmes of action and early warning over a few rows, each figure worked out by hand; the same rows as of an earlier day."""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

ACTIVITIES = """\
activity_id,programme,function_codes,activity_type,planned_on,planned_not_after,done_on,is_unplanned,status,countries,partners,includes_afghanistan,confidentiality
TWO,UNRCCA-2021-2025,I:75|V:25,deputy_foreign_ministers_meeting,2022-12-01,,2022-12-11,no,done,KZ|KG|TJ|TM|UZ|AF,UNAMA|OSCE,yes,
OPEN,UNRCCA-2021-2025,I,training,,2022-06-30,,no,planned,,,,
NONE,UNRCCA-2021-2025,II,report_to_secretary_general,,,2022-03-01,,done,,DPPA,,restricted
BRIEF,UNRCCA-2021-2025,II,security_council_briefing,,2022-07-31,2022-07-20,,done,,NOBODY,no,
CONTACT,UNRCCA-2021-2025,I,good_offices,,,2022-04-04,,done,,,,
TOLD,UNRCCA-2021-2025,I,good_offices,,,2022-05-05,,done,KG,,,
STRAY,UNRCCA-2021-2025,I|9.9,seminar,,,2022-02-02,yes,done,Kyrgyzstan,,,
"""


def observations() -> str:
    """Hours without electricity in XA by month of 2023, and rows that nobody can judge."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(["series", "country", "period", "value", "unit", "entity"])
    # two periods from 40 on begin an alert; 35 lies on the edge of the margin of 5 and holds it; below 15 ends the watch
    for month, value in enumerate(["19", "40", "39.9", "40", "40", "35", "34.9", "20", "15", "14.9"], 1):
        lines.writerow(["power_outages", "XA", f"2023-{month:02d}", value, "", "UNRCCA"])
    lines.writerow(["power_outages", "XB", "2023-01", "90", "minutes", ""])
    lines.writerow(["power_outages", "XC", "2023-Q1", "90", "hours", ""])
    lines.writerow(["hail", "XC", "2023-01", "90", "hours", ""])
    lines.writerow(["power_outages", "XD", "2023-01", "90", "hours", ""])
    lines.writerow(["power_outages", "Illustrative place D", "2023-01", "10", "hours", ""])
    return out.getvalue()


@pytest.fixture(scope="module")
def programmes(make_warehouse, tmp_path_factory):
    """The release of these rows."""
    folder = tmp_path_factory.mktemp("programmes")
    warehouse = make_warehouse(home=folder / "warehouse", raw=folder / "raw")
    warehouse.deliver("programme_activities/a.csv", ACTIVITIES)
    warehouse.deliver("indicator_observations/o.csv", observations())
    assert warehouse.run()["released"] is True
    return warehouse


def test_a_contact_that_tells_more_than_that_it_was_is_refused_and_the_others_are_counted_only(programmes):
    assert programmes.ask("select source_row, value from audit.quarantine where rule = 'good_offices_identified'")[1] == [(7, "good_offices")]
    assert programmes.one("select count(*) from marts.fct_programme_activities where activity_type = 'good_offices'") == (0,)
    assert programmes.one("select sum(good_offices_contacts) from marts.programme_delivery") == (Decimal(1),)


def test_an_activity_of_two_functions_is_late_under_both(programmes):
    found = programmes.ask("select function_code, weight, delivery, delay_days from marts.fct_programme_activities where activity_id = 'TWO' order by 1")[1]
    assert found == [("I", Decimal("0.75"), "late", 10), ("V", Decimal("0.25"), "late", 10)]
    assert programmes.ask("select function_code, weight from marts.fct_programme_activities where activity_id = 'STRAY' order by 1")[1] == [
        ("I", Decimal("0.5")),
        ("UNKNOWN", Decimal("0.5")),
    ]


def test_delivery_of_a_year_and_of_one_without_activity(programmes):
    columns = "delivery_status, planned, done_on_time, done_late, overdue, delivered_pct, done, unplanned, without_target, obligations_due, obligations_met"
    found = programmes.ask(f"select year, function_code, {columns} from marts.programme_delivery where function_code <> 'UNKNOWN' and year = 2022 order by 2")[
        1
    ]
    assert [(row[1], row[2], *(None if value is None else float(value) for value in row[3:])) for row in found] == [
        ("I", "measured", 1.75, 0, 0.75, 1, 42.857143, 1.25, 0.5, 0, 0, 0),
        ("II", "measured", 1, 1, 0, 0, 100, 2, 0, 1, 2, 1),
        ("III", "no_activity", 0, 0, 0, 0, None, 0, 0, 0, 0, 0),
        ("IV", "no_activity", 0, 0, 0, 0, None, 0, 0, 0, 0, 0),
        ("V", "measured", 0.25, 0, 0.25, 0, 100, 0.25, 0, 0, 2, 1),
    ]
    assert programmes.one("select count(*), sum(planned) from marts.programme_delivery where year = 2024 and delivery_status = 'no_activity'") == (
        5,
        Decimal(0),
    )


def test_partners_are_counted_whole_and_those_of_restricted_activities_left_out(programmes):
    found = programmes.ask("select partner, function_code, activities_done, activities_touching from marts.partner_engagement order by 1, 2")[1]
    assert found == [
        ("OSCE", "I", Decimal("0.75"), 1),
        ("OSCE", "V", Decimal("0.25"), 1),
        ("UNAMA", "I", Decimal("0.75"), 1),
        ("UNAMA", "V", Decimal("0.25"), 1),
        ("UNKNOWN", "II", Decimal(1), 1),
    ]


def test_an_alert_starts_holds_and_ends_and_a_value_on_the_line_does_not_flap(programmes):
    found = programmes.ask("select period, level, since, periods_at_level from marts.early_warning order by period")[1]
    march, may, july, october = (date(2023, month, 1) for month in (3, 5, 7, 10))
    assert found == [
        ("2023-01", "normal", date(2023, 1, 1), 1),
        ("2023-02", "normal", date(2023, 1, 1), 2),
        ("2023-03", "watch", march, 1),
        ("2023-04", "watch", march, 2),
        ("2023-05", "alert", may, 1),
        ("2023-06", "alert", may, 2),
        ("2023-07", "watch", july, 1),
        ("2023-08", "watch", july, 2),
        ("2023-09", "watch", july, 3),
        ("2023-10", "normal", october, 1),
    ]


def test_what_nobody_can_judge_is_told(programmes):
    ((status, observed),) = programmes.ask("select status, observed from audit.check_results where check_name = 'observations_are_judged'")[1]
    assert status == "warned" and observed.startswith("5 rows")
    assert programmes.one("select value from audit.quarantine where rule = 'unknown_series'") == ("hail",)


def test_as_of_an_earlier_day_the_alert_is_in_force_and_nothing_later_is_done(programmes, tmp_path):
    earlier = replace(programmes, home=tmp_path / "warehouse", as_of="2023-06-30")
    said = earlier.run()
    (warning,) = [warning for warning in said["warnings"] if warning["check"] == "alerts_in_force"]
    assert (
        "series power_outages, country XA, period 2023-06, value 35, unit hours, rule level, measured 35, threshold 40, since 2023-05-01" in warning["observed"]
    )
    assert earlier.one("select max(year) from marts.programme_delivery") == (2023,)
    assert earlier.one("select max(period), max(level) from marts.early_warning where is_latest") == ("2023-06", "alert")
