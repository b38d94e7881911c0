"""Activity files as publishers have been seen to write them: families in circles, equal transactions, overlapping budgets, percentages that add to anything."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from lxml import etree
from odd_tables import GIVERS, HUGE_NUMBERS, ODD_DAYS, ODD_NUMBERS, TEXTS

PUBLISHERS = ("XM-DAC-41314", "XM-PRP-1", "xm-prp-1", "XM-PRP-2", "XM-PRP-A/B", "XM-PRP-A-B", "GB-COH-\u00e9", "XM-PRP-" + "9" * 120, "Xm-Prp-2")
NUMBERS = ("1000", "1000", "600", "400", "250.55", "-1000", "0", "0.005", "33333.33", "1000000")
DAYS = ("2019-05-02", "2019-05-02", "2019-12-31", "2020-03-01", "2023-07-15", "2004-06-15")
KINDS = ("1", "2", "3", "3", "3", "4", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "99", "")
CURRENCIES = ("USD", "USD", "EUR", "CHF", "JPY", "DEM", "SKK", "ZWL", "KPW", "XDR", "", " ", "usd", "ABC")
COUNTRIES = ("KG", "TJ", "UZ", "AF", "KE", "LR", "BF", "ML", "XK", "CS", "kg", "ZZ", "", "KGZ")
REGIONS = (
    ("1", "298"),
    ("1", "1027"),
    ("1", "798"),
    ("1", "998"),
    ("1", "88"),
    ("1", "619"),
    ("2", "142"),
    ("99", "MINE"),
    ("1", "nowhere"),
    ("1", ""),
    ("8", "x"),
)
SECTORS = (
    ("1", "14030"),
    ("1", "16020"),
    ("1", "15110"),
    ("2", "140"),
    ("2", "151"),
    ("7", "4"),
    ("7", "5"),
    ("8", "4.1"),
    ("8", "4.5"),
    ("9", "4.1.1"),
    ("9", "4.5.1"),
    ("98", "T1"),
    ("98", "T2"),
    ("99", "A"),
    ("99", "B"),
    ("1", "99999"),
    ("1", ""),
    ("1", "nonsense"),
    ("3", "S1"),
    ("", "14030"),
    ("77", "Q"),
    ("10", "H"),
)
PERCENTAGES = (
    "100",
    "100",
    "60",
    "40",
    "50",
    "33.33",
    "0",
    "0.00",
    "",
    "70%",
    "70,5",
    "29,5",
    "-10",
    "110",
    "abc",
    "33.3333333333",
    "1e2",
    "99.99",
    "0.01",
    " 50 ",
)
LANGUAGES = ("en", "fr", "ru", "EN", "")


@dataclass(frozen=True, kw_only=True)
class ActivityFile:
    """What decides the content of one activity file.

    Attributes:
        activities: how many.
        seed: of everything that is left to chance.
        oddness: of a hundred choices, how many are odd.
        form: `xml`, `xml.gz` or `zip`.
        habits: oddities of the file as a whole.
    """

    activities: int
    seed: int
    oddness: int
    form: str
    habits: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"iati/{self.seed:x}.{self.form}"


FORMS = ("xml", "xml", "xml", "xml.gz", "zip")
HABITS = (
    "plain",
    "plain",
    "one_publisher",
    "one_publisher_in_two_cases",
    "families",
    "families",
    "circles",
    "same_money",
    "same_money",
    "huge_values",
    "no_currency",
    "default_namespace",
    "version_on_each_activity",
    "space_before_declaration",
    "no_version",
    "no_activities",
    "identifiers_of_others",
    "identifiers_of_others",
    "identifiers_twice",
    "cut_short",
    "old_version",
    "secondary",
    "humanitarian",
    "no_dates",
    "regions_beside_countries",
    "zero_percentages",
    "many_vocabularies",
    "equal_budgets",
    "equal_budgets",
    "illustrative",
    "repeated_elements",
    "no_identifier",
    "prefixed",
    "latin_1",
    "document_type",
    "many_transactions",
    "transaction_sectors",
)


class _Writer:
    """Writes the elements of one file; chance decides."""

    def __init__(self, file: ActivityFile) -> None:
        self.file = file
        self.chance = random.Random(f"activities {file.seed}")
        self.own = self.chance.choice(PUBLISHERS)

    def has(self, habit: str) -> bool:
        return habit in self.file.habits

    def odd(self) -> bool:
        return self.chance.randrange(100) < self.file.oddness

    def pick(self, usual: tuple, odd: tuple = ()):
        return self.chance.choice(odd if odd and self.odd() else usual)

    def element(self, name: str, inner: str = "", **attributes: str | None) -> str:
        said = "".join(f" {key.replace('__', ':').replace('_', '-')}={quoteattr(value)}" for key, value in attributes.items() if value is not None)
        return f"<{name}{said}>{inner}</{name}>" if inner else f"<{name}{said}/>"

    def narratives(self) -> str:
        found = []
        for _ in range(self.pick((1, 1, 2), (0, 3))):
            language = self.chance.choice((None, None, *LANGUAGES))
            text = "".join(letter for letter in self.pick(TEXTS[:3], TEXTS) if letter >= " " or letter in "\t\n\r")
            found.append(self.element("narrative", escape(text), xml__lang=language))
        return "".join(found)

    def percentage(self) -> str | None:
        if self.has("zero_percentages"):
            return "0"
        return self.pick(("100", None, "50"), (*PERCENTAGES, None))

    def percentages(self, count: int) -> list[str | None]:
        """Of entries that belong together: they add to 100, none has any, or each is what chance made it."""
        if self.odd() or self.has("zero_percentages"):
            return [self.percentage() for _ in range(count)]
        if self.chance.random() < 0.4:
            return [None] * count
        shares = [self.chance.randrange(1, 100) for _ in range(count)]
        whole, first = sum(shares), 100.0
        texts = []
        for share in shares[1:]:
            part = round(share * 100 / whole, 2)
            first -= part
            texts.append(f"{part:.2f}")
        return [f"{first:.2f}", *texts]

    def places(self) -> str:
        count = self.pick((1, 1, 2), (0, 3, 4))
        shares = self.percentages(count)
        found = [
            self.element("recipient-country", self.narratives() if self.odd() else "", code=self.pick(COUNTRIES[:8], COUNTRIES), percentage=share)
            for share in shares
        ]
        if self.has("regions_beside_countries") or self.odd():
            for _ in range(self.chance.randrange(1, 4)):
                vocabulary, code = self.chance.choice(REGIONS)
                found.append(self.element("recipient-region", code=code, vocabulary=vocabulary, percentage=self.percentage()))
        return "".join(found)

    def sectors(self) -> str:
        vocabularies = self.chance.sample(("1", "2", "7", "8", "9", "98", "99", "3", "", "77"), 3) if self.has("many_vocabularies") or self.odd() else ["1"]
        found = []
        for vocabulary in vocabularies:
            codes = [code for name, code in SECTORS if name == vocabulary]
            count = self.pick((1, 2), (0, 3))
            for share in self.percentages(count):
                uri = "http://example.org/v" if vocabulary in ("98", "99") and not self.odd() else None
                found.append(
                    self.element(
                        "sector",
                        vocabulary=vocabulary if vocabulary or self.odd() else None,
                        code=self.chance.choice(codes),
                        percentage=share,
                        vocabulary_uri=uri,
                    )
                )
        return "".join(found)

    def value(self, day: str) -> str:
        amount = (
            self.chance.choice(HUGE_NUMBERS) if self.has("huge_values") and self.chance.random() < 0.5 else self.pick(NUMBERS, (*ODD_NUMBERS, *HUGE_NUMBERS))
        )
        if self.has("same_money"):
            amount = "1000"
        currency = self.pick((None, None, "USD", "EUR"), CURRENCIES)
        return self.element("value", escape(amount) or " ", currency=currency, value_date=None if self.has("no_dates") or self.odd() else day)

    def day(self) -> str:
        return DAYS[0] if self.has("same_money") else self.pick(DAYS, (*DAYS, *ODD_DAYS))

    def party(self, role: str) -> str:
        ref = self.chance.choice((*PUBLISHERS[:4], "XM-DAC-1-1", "", None))
        name = "".join(letter for letter in self.chance.choice(GIVERS) if letter >= " ")
        own = self.chance.choice((None, None, f"{self.own}-1", f"{self.own}-2"))
        return self.element(
            f"{role}-org",
            self.element("narrative", escape(name)) if self.odd() else "",
            ref=ref,
            type=self.chance.choice(("10", "40", None)),
            **{f"{role}_activity_id": own},
        )

    def transaction(self) -> str:
        day = self.day()
        parts = [
            self.element("transaction-type", code="3" if self.has("same_money") else self.pick(KINDS[:8], KINDS)),
            "" if self.has("no_dates") and self.odd() else self.element("transaction-date", iso_date=day),
            self.value(day),
        ]
        if self.has("repeated_elements") and self.chance.random() < 0.4:
            parts.append(self.chance.choice(parts))
        if self.odd():
            parts.append(self.element("description", self.narratives() or "<narrative>x</narrative>"))
        for role in ("provider", "receiver"):
            if self.chance.random() < 0.3:
                parts.append(self.party(role))
        if self.has("transaction_sectors") or self.odd():
            parts.append(self.sectors())
        if self.odd():
            parts.append(self.places())
        if self.odd():
            code, vocabulary = self.chance.choice((("C01", "1"), ("B01", None), ("2", "2"), ("4", "2"), ("C01", "9")))
            parts.append(self.element("aid-type", code=code, vocabulary=vocabulary))
        humanitarian = self.chance.choice(("1", "0", "true", "x")) if self.has("humanitarian") else None
        return self.element("transaction", "".join(parts), ref=self.chance.choice((None, None, "R1", "R2", "r1", "")), humanitarian=humanitarian)

    def budget(self, name: str = "budget") -> str:
        year = 2019 if self.has("equal_budgets") else self.chance.randrange(2017, 2024)
        start = date(year, 1, 1)
        end = start + timedelta(days=self.pick((364,), (0, 180, 363, 364, 365, 730, 1100, -5)))
        amount = "1000" if self.has("equal_budgets") and self.chance.random() < 0.6 else self.pick(NUMBERS, (*ODD_NUMBERS, *HUGE_NUMBERS))
        days = [
            self.element("period-start", iso_date=self.pick((start.isoformat(),), ODD_DAYS)),
            self.element("period-end", iso_date=self.pick((end.isoformat(),), ODD_DAYS)),
        ]
        value = self.element(
            "value", escape(amount) or " ", currency=self.pick((None, "USD"), CURRENCIES), value_date=self.pick((start.isoformat(), None), ODD_DAYS)
        )
        inner = "".join(days) + value
        if self.has("repeated_elements") and self.chance.random() < 0.4:
            inner *= 2
        return self.element(name, inner, type=self.pick(("1", "1", "2", None), ("1", "2", "3", "")), status=self.pick(("1", "2", None), ("9",)))

    def identifier(self, number: int) -> str:
        if self.has("no_identifier") and self.odd():
            return self.chance.choice(("", " ", "\n"))
        owner = "XM-PRP-9" if self.has("identifiers_of_others") else self.own
        spread = 0 if self.has("identifiers_of_others") or self.has("families") or self.has("circles") else self.file.seed % 1000
        return f"{owner}-{spread + number}" + ("" if not self.odd() else self.chance.choice(("", " ", "/x", "\u00e9", "-X")))

    def publisher(self) -> str:
        if self.has("one_publisher"):
            return self.own
        if self.has("one_publisher_in_two_cases"):
            return self.chance.choice((self.own, self.own.lower(), self.own.upper(), self.own.title()))
        return self.pick((self.own,), PUBLISHERS)

    def relations(self, number: int) -> str:
        if self.has("circles"):
            following = (number + 1) % max(self.file.activities, 1)
            return self.element("related-activity", type="1", ref=self.identifier(following)) + (
                self.element("related-activity", type="2", ref=self.identifier(following)) if self.chance.random() < 0.5 else ""
            )
        if self.has("families"):
            kind, other = ("2", self.chance.randrange(1, 6)) if number == 0 else ("1", 0)
            return self.element("related-activity", type=self.chance.choice((kind, kind, "3")), ref=self.identifier(other))
        return (
            self.element("related-activity", type=self.chance.choice("12345x"), ref=self.chance.choice(("", self.identifier(0), "elsewhere")))
            if self.odd()
            else ""
        )

    def activity(self, number: int) -> str:
        identifier = self.identifier(0 if self.has("identifiers_twice") and self.chance.random() < 0.5 else number)
        version = "2.02" if self.has("version_on_each_activity") else None
        description = "Illustrative record" if self.has("illustrative") else None
        parts = [
            self.element("iati-identifier", escape(identifier) or " "),
            self.element(
                "reporting-org",
                self.narratives(),
                ref=self.publisher(),
                type="40",
                secondary_reporter=self.chance.choice(("1", "0", "true")) if self.has("secondary") else None,
            ),
            self.element("title", self.narratives()),
            self.element("description", f"<narrative>{description}</narrative>" if description else self.narratives()),
        ]
        for _ in range(self.pick((1, 1), (0, 2, 3))):
            parts.append(
                self.element(
                    "participating-org",
                    self.narratives() if self.odd() else "",
                    ref=self.chance.choice((*PUBLISHERS, "", None)),
                    role=self.pick(("1", "4"), ("2", "3", "9")),
                    type="40",
                )
            )
        parts.append(self.element("activity-status", code=self.pick(("2", "3"), ("1", "6", "9", ""))))
        if not self.has("no_dates"):
            parts += [
                self.element("activity-date", type=kind, iso_date=self.pick(("2019-01-01", "2018-03-01"), ODD_DAYS))
                for kind in ("1", "2", "4")[: self.chance.randrange(1, 4)]
            ]
        parts += [self.places(), "" if self.has("transaction_sectors") else self.sectors()]
        if self.odd():
            parts.append(
                "".join(self.element("tag", vocabulary=self.chance.choice(("2", "3")), code=self.chance.choice(("4", "4.1", "4.5", "x"))) for _ in range(2))
            )
        if self.odd():
            parts.append(
                self.element("policy-marker", vocabulary="1", code=self.chance.choice("129"), significance=self.chance.choice(("0", "1", "2", "", "7")))
            )
        parts += [self.budget() for _ in range(self.pick((1, 2), (0, 3, 5)))]
        if self.odd():
            parts.append(self.budget("planned-disbursement"))
        parts += [self.transaction() for _ in range(self.chance.randrange(5, 30) if self.has("many_transactions") else self.pick((1, 2, 3), (0, 4)))]
        parts.append(self.relations(number))
        updated = self.pick(("2024-12-31T00:00:00Z", "2023-01-01T00:00:00Z", None), ("yesterday", "2024-12-31", ""))
        currency = None if self.has("no_currency") else self.pick(("USD", "USD", "EUR"), CURRENCIES)
        return self.element(
            "iati-activity",
            "".join(parts),
            default_currency=currency,
            last_updated_datetime=updated,
            hierarchy=self.pick((None, "1", "2"), ("3", "x", "")),
            humanitarian=self.chance.choice(("1", "0")) if self.has("humanitarian") else None,
            version=version,
            xml__lang=self.pick(("en", None, "fr"), LANGUAGES),
        )

    def text(self) -> str:
        version = (
            None
            if self.has("version_on_each_activity") or self.has("no_version")
            else ("1.05" if self.has("old_version") else self.pick(("2.03",), ("2.01", "2.02", "2.03", "2.04", " 2.03 ")))
        )
        activities = "" if self.has("no_activities") else "".join(self.activity(number) for number in range(self.file.activities))
        root = "iati-activities"
        namespaces = ' xmlns="http://example.org/iati"' if self.has("default_namespace") else ""
        if self.has("prefixed"):
            namespaces = ' xmlns:p="http://example.org/p"'
            activities += "<p:more/>"
        generated = self.pick(("2025-01-01T00:00:00Z", "2024-06-01T00:00:00Z", None), ("", "never"))
        head = f"<{root}{namespaces}" + "".join(
            f" {name}={quoteattr(value)}" for name, value in (("version", version), ("generated-datetime", generated)) if value is not None
        )
        whole = f"{head}>{activities}</{root}>"
        if self.has("cut_short"):
            whole = whole[: len(whole) * 3 // 4]
        encoding = "ISO-8859-1" if self.has("latin_1") else "UTF-8"
        declaration = f'<?xml version="1.0" encoding="{encoding}"?>\n'
        if self.has("document_type"):
            declaration += '<!DOCTYPE iati-activities [<!ENTITY a "b">]>\n'
        return ("\n  " if self.has("space_before_declaration") else "") + declaration + whole


def write(file: ActivityFile, raw_root: Path) -> dict[str, int]:
    """Write a file below the raw root.

    Returns:
        How many activities and transactions whoever reads it must find, as `path below the root|table`; nothing for what is no XML.
    """
    writer = _Writer(file)
    content = writer.text().encode("iso-8859-1" if writer.has("latin_1") else "utf-8", errors="xmlcharrefreplace")
    path = raw_root / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    members = [file.name]
    packed = content
    if file.form == "xml.gz":
        packed = gzip.compress(content, mtime=0)
    elif file.form == "zip":
        archive_bytes = io.BytesIO()
        names = ("a.xml", "b.xml") if writer.chance.random() < 0.3 else ("a.xml",)
        members = [f"{file.name}!/{name}" for name in names]
        with zipfile.ZipFile(archive_bytes, "w") as archive:
            for name in names:
                archive.writestr(zipfile.ZipInfo(name), content)
        packed = archive_bytes.getvalue()
    path.write_bytes(packed)
    try:
        activities = etree.fromstring(content.strip()).findall("{*}iati-activity")
    except etree.XMLSyntaxError:
        return {}
    counted = {"iati_activities": len(activities), "iati_transactions": sum(len(activity.findall("{*}transaction")) for activity in activities)}
    return {f"{member}|{table}": count for member in members for table, count in counted.items()}
