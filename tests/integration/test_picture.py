"""The picture in the README is that of the definitions."""

from pipelines import settings
from pipelines.defs.assembly import definitions
from pipelines.defs.picture import asset_graph


def test_picture_of_the_asset_graph_is_up_to_date(tmp_path):
    drawn = (settings.PROJECT / "docs" / "asset-graph.svg").read_text(encoding="utf-8")
    assert drawn == asset_graph(definitions(home=tmp_path)), "draw it again: make picture"
