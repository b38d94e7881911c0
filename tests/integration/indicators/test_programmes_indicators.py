"""Indicators of programmes of action and of early warning, computed once more from the delivered activities and observations, in exact fractions."""

from collections import defaultdict
from datetime import date
from fractions import Fraction

import polars as pl

MAIN = {"2", "2A", "2B", "3"}
COUNTED = {
    "security_council_briefings": "security_council_briefing",
    "reports_to_secretary_general": "report_to_secretary_general",
    "deputy_foreign_ministers_meetings": "deputy_foreign_ministers_meeting",
    "inter_mission_meetings": "inter_mission_meeting",
    "training_activities": "training",
}


def parts_of(text: str) -> dict[str, Fraction]:
    """Functions of an activity and their parts, rounded to millionths as the warehouse divides: cumulatively, so that they add to one."""
    labels = [piece.split(":") for piece in text.split("|")]
    shares = [Fraction(label[1]) if len(label) > 1 else Fraction(1) for label in labels]
    reached, below, parts = Fraction(0), 0, {}
    for (code, *_), share in zip(labels, shares, strict=True):
        reached += share / sum(shares)
        upto = int(reached * 1_000_000 + Fraction(1, 2))
        parts[code] = Fraction(upto - below, 1_000_000)
        below = upto
    return parts


def of_delivery(reckoning, rows, today):
    """Figures of the activities, by key."""
    mandates = reckoning.table("from reference.mandates where mandate_level in ('programme', 'function')").to_dicts()
    years = {row["programme"]: range(row["valid_from"].year, row["valid_to"].year) for row in mandates if row["mandate_level"] == "programme"}
    functions = defaultdict(list)
    for row in mandates:
        if row["mandate_level"] == "function":
            functions[row["programme"]].append(row["function_code"])
    # every function of every year of a programme that somebody reports on, whether or not anything is reported
    sums = {}
    for row in rows:
        for year in years[row["programme"]]:
            if year <= today.year:
                for function in functions[row["programme"]]:
                    sums.setdefault((row["book"], year, row["record_basis"], row["programme"], function), defaultdict(Fraction))
    late_days = defaultdict(lambda: [Fraction(0), Fraction(0)])
    for row in rows:
        due, done = row["planned_not_after"] or row["planned_on"], row["done_on"] if row["status"] == "done" and row["done_on"] <= today else None
        contact = row["activity_type"] == "good_offices"
        for function, part in parts_of(row["function_codes"]).items():
            at = lambda year, row=row, function=function: sums[row["book"], year, row["record_basis"], row["programme"], function]  # noqa: E731
            if contact:
                if done:
                    at(done.year)["contacts"] += part
                continue
            if due:
                line = at(due.year)
                line["planned"] += part
                if row["status"] == "cancelled" or due < today or done:
                    line["fallen_due"] += part
                if done:
                    line["on_time" if done <= due else "late"] += part
                    if done > due:
                        late = late_days[row["book"], due.year, row["record_basis"]]
                        late[0] += part * (done - due).days
                        late[1] += part
                elif row["status"] != "cancelled" and due < today:
                    line["overdue"] += part
            if done:
                line = at(done.year)
                line["done"] += part
                line["unplanned"] += part if row["is_unplanned"] else 0
                line["recurring"] += part if row["recurrence"] in ("annual", "semi_annual") else 0
            if not due and not row["is_unplanned"] and row["status"] != "cancelled":
                at(done.year if done else years[row["programme"]][-1])["without_target"] += part
    computed = {}
    groups = defaultdict(list)
    for (book, year, basis, _, function), line in sums.items():
        groups[book, year, basis, "none", "all"].append(line)
        groups[book, year, basis, "function", function].append(line)
    for (book, year, basis, scheme, part), lines in groups.items():
        total = defaultdict(Fraction)
        for line in lines:
            for name, value in line.items():
                total[name] += value
        figures = {
            "planned_programme_activities": total["planned"],
            "programme_activities_done": total["done"],
            "programme_delivery_rate_pct": reckoning.percentage(total["on_time"] + total["late"], total["fallen_due"]),
            "programme_timely_delivery_rate_pct": reckoning.percentage(total["on_time"], total["fallen_due"]),
            "overdue_programme_activities": total["overdue"],
            "unplanned_programme_activity_share_pct": reckoning.percentage(total["unplanned"], total["done"]),
            "recurring_programme_activity_share_pct": reckoning.percentage(total["recurring"], total["done"]),
            "programme_activities_without_target": total["without_target"],
        }
        if scheme == "none":
            served = sum(1 for line in lines if line["done"] or line["contacts"])
            figures |= {"good_offices_contacts": total["contacts"], "served_functions_pct": reckoning.percentage(served, len(lines))}
        computed |= {reckoning.key(name, book, "UNRCCA", year, basis, scheme, part): value for name, value in figures.items()}
    for (book, year, basis), (days, late) in late_days.items():
        computed[reckoning.key("programme_mean_delay_days", book, "UNRCCA", year, basis)] = reckoning.quotient(days, late)
    return computed


def of_done(reckoning, rows, today):
    """Figures of what was done, whatever the functions."""
    named = defaultdict(set)
    for row in reckoning.table("from reference.partners where named_in is not null").to_dicts():
        for programme in row["named_in"].split("|"):
            named[programme].add(row["partner"])
    groups = defaultdict(list)
    for row in rows:
        if row["status"] == "done" and row["done_on"] <= today and row["activity_type"] != "good_offices":
            groups[row["book"], row["done_on"].year, row["record_basis"]].append(row)
    computed = {}
    for (book, year, basis), done in groups.items():

        def key(name, scheme="none", part="all", book=book, year=year, basis=basis):
            return reckoning.key(name, book, "UNRCCA", year, basis, scheme, part)

        said = [row for row in done if row["includes_afghanistan"] is not None]
        gender, youth = ([row[marker] for row in done if row[marker]] for marker in ("gender_marker", "youth_marker"))
        public = [row for row in done if row["confidentiality"] == "public"]
        engaged = {partner for row in public for partner in (row["partners"] or "").split("|")} - {""}
        computed |= {
            key("partnered_programme_activity_share_pct"): reckoning.percentage(sum(row["partners"] is not None for row in done), len(done)),
            key("afghanistan_participation_pct"): reckoning.percentage(sum(row["includes_afghanistan"] for row in said), len(said)),
            key("women_peace_security_share_pct"): reckoning.percentage(sum(marker in MAIN for marker in gender), len(gender)),
            key("youth_peace_security_share_pct"): reckoning.percentage(sum(marker in MAIN for marker in youth), len(youth)),
        }
        computed |= {key(name): sum(row["activity_type"] == kind for row in done) for name, kind in COUNTED.items()}
        for theme in {row["theme"] for row in public} - {None}:
            computed[key("theme_share_pct", "theme", theme)] = reckoning.percentage(
                sum(row["theme"] == theme for row in public), sum(row["theme"] is not None for row in public)
            )
        if engaged:
            (programme,) = {row["programme"] for row in done}
            computed[key("partners_engaged")] = len(engaged)
            computed[key("named_partners_engaged_pct")] = reckoning.percentage(len(engaged & named[programme]), len(named[programme]))
    return computed


def of_obligations(reckoning, rows, today):
    """What was owed, and enough of what shows it done in its window."""
    shown_by = {row["obligation"]: row["activity_type"] for row in reckoning.table("from reference.mandates where obligation is not null").to_dicts()}
    owed = reckoning.table("from reference.reporting_obligations order by occurrence").to_dicts()
    windows = defaultdict(int)
    counted = defaultdict(lambda: [0, 0])
    for row in owed:
        if row["obligation"] not in shown_by:
            continue
        windows[row["obligation"], row["due_on"]] += 1
        done = [
            activity
            for activity in rows
            if activity["activity_type"] == shown_by[row["obligation"]]
            and activity["status"] == "done"
            and row["period_start"] <= activity["done_on"] <= min(row["due_on"], today)
            and activity["programme"] == "UNRCCA-2021-2025"
            and (activity["includes_afghanistan"] or activity["activity_type"] != "deputy_foreign_ministers_meeting")
        ]
        met = len(done) >= windows[row["obligation"], row["due_on"]]
        for scheme, part in (("none", "all"), ("obligation", row["obligation"])):
            counts = counted[row["due_on"].year, scheme, part]
            counts[0] += met
            counts[1] += met or row["due_on"] < today
    book, basis = rows[0]["book"], "illustrative"
    return {
        reckoning.key("programme_obligations_met_pct", book, "UNRCCA", year, basis, scheme, part): reckoning.percentage(met, due)
        for (year, scheme, part), (met, due) in counted.items()
        if due
    }


def levels(observed, rules):
    """The level of each period of one series in one place, by walking through the periods: what stands, what begins, what ends."""
    names = ["normal", "watch", "alert"]
    found = {}
    for rule in rules:
        sign = 1 if rule["direction"] == "above" else -1
        standing, runs, earlier, before = {"watch": False, "alert": False}, {"watch": 0, "alert": 0}, [], None
        for start, value in observed:
            number = start.year * 12 + start.month
            if before is not None and number - before != (3 if rule["frequency"] == "quarter" else 1):
                standing, runs, earlier = {"watch": False, "alert": False}, {"watch": 0, "alert": 0}, []
            before = number
            seen = Fraction(value)
            if rule["rule"] == "change":
                of = earlier[-rule["trailing_periods"] :]
                mean = Fraction(sum(of), len(of)) if len(of) == rule["trailing_periods"] else None
                seen = (seen - mean) / abs(mean) * 100 if mean else None
            earlier.append(Fraction(value))
            for level in ("watch", "alert"):
                line, margin = Fraction(rule[f"{level}_threshold"]), Fraction(rule["clear_margin"])
                inside = None if seen is None else sign * (line - seen)
                runs[level] = runs[level] + 1 if inside is not None and inside <= 0 else 0
                if runs[level] >= rule["consecutive_periods"]:
                    standing[level] = True
                elif inside is not None and inside > margin:
                    standing[level] = False
            level = 2 if standing["alert"] else 1 if standing["watch"] else 0
            found[start] = max(found.get(start, 0), level)
    return {start: names[level] for start, level in found.items()}


def of_warnings(reckoning, today):
    """Figures of the watched series."""
    observations = reckoning.table("from raw.indicator_observations order by period_start").filter(pl.col("period_end") <= today)
    rules = defaultdict(list)
    for row in reckoning.table("from reference.warning_thresholds").to_dicts():
        rules[row["series"]].append(row)
    counted = defaultdict(lambda: defaultdict(list))
    for (book, basis, entity, series, country), of_series in observations.group_by("book", "record_basis", "entity", "series", "country", maintain_order=True):
        found = levels(of_series.select("period_start", "value").rows(), rules[series])
        for start, level in found.items():
            for scheme, part in (("none", "all"), ("theme", rules[series][0]["theme"])):
                counted[book, entity, start.year, basis, scheme, part][series, country].append(level)
    computed = {}
    for group, places in counted.items():
        periods = [level for found in places.values() for level in found]
        figures = {
            "watched_series": len(places),
            "watched_series_at_watch": sum(set(found) != {"normal"} for found in places.values()),
            "watched_series_at_alert": sum("alert" in found for found in places.values()),
            "periods_at_alert_pct": reckoning.percentage(periods.count("alert"), len(periods)),
        }
        computed |= {reckoning.key(name, *group): value for name, value in figures.items()}
    return computed


def test_indicators_of_programmes_are_what_the_deliveries_say(reckoning):
    today = date.fromisoformat(str(reckoning.shipped.one("select max(as_of) from staging.stg_run_parameters")[0]))
    rows = reckoning.table("from raw.programme_activities").to_dicts()
    computed = of_delivery(reckoning, rows, today) | of_done(reckoning, rows, today) | of_obligations(reckoning, rows, today) | of_warnings(reckoning, today)
    reckoning.compare("programmes", computed)
