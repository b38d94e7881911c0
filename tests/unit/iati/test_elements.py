"""What the documentation says of where elements land is what the walk does with them."""

from pipelines import settings
from pipelines.contracts.iati import TABLES
from tests.iati_elements import landed, page, paths_of

PAGE = settings.PROJECT / "docs" / "iati-elements.md"
OF_PERSONS = ("person-name/narrative", "telephone", "email", "website", "mailing-address/narrative")


def test_the_page_says_where_each_element_lands():
    told = PAGE.read_text(encoding="utf-8")
    paths = paths_of(told)
    assert len(paths) > 300 and len(set(paths)) == len(paths)
    assert told == page(paths), "write it anew: python -m tests.iati_elements FOLDER-OF-THE-SCHEMA docs/iati-elements.md"


def test_all_but_persons_lands():
    where = landed(paths_of(PAGE.read_text(encoding="utf-8")))
    assert [path for path, columns in where.items() if not columns] == [f"iati-activity/contact-info/{name}" for name in OF_PERSONS]


def test_every_table_is_reached():
    where = landed(paths_of(PAGE.read_text(encoding="utf-8")))
    assert {column.partition(".")[0] for columns in where.values() for column in columns} == set(TABLES)
