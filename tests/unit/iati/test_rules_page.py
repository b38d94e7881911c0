from pipelines import settings
from pipelines.iati.rules import RULES
from pipelines.iati.rules_page import page


def test_the_page_of_rules_is_what_the_rules_say():
    told = (settings.PROJECT / "docs" / "iati-validation.md").read_text(encoding="utf-8")
    assert told == page(), "write it anew: python -m pipelines.iati.rules_page docs/iati-validation.md"
    assert all(f"`{rule.name}`" in told for rule in RULES)


def test_at_least_sixty_rules_of_the_validator_are_applied():
    assert len({number for rule in RULES for number in rule.ids}) >= 60
