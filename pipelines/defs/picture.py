"""The picture of the asset graph that the README shows: `python -m pipelines.defs.picture docs/asset-graph.svg`."""

from __future__ import annotations

import sys
from collections import Counter
from html import escape
from pathlib import Path

import dagster as dg

LAYERS = ("landing", "settled", "reference", "raw", "staging", "intermediate", "marts", "audit", "release")
WIDTH, HEIGHT, ACROSS, DOWN, MARGIN = 148, 46, 36, 22, 20
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2430}.few{font-size:11px;fill:#5a6275}rect{fill:#f3f5fa;stroke:#7b8bb5}"
    ".page{fill:#fff;stroke:none}path{fill:none;stroke:#9aa5c4;stroke-width:1.2}.layer{font-weight:600}"
)


def asset_graph(definitions: dg.Definitions) -> str:
    """The groups of assets, a column a layer, as SVG text; each box says how many assets and checks it holds."""
    graph = definitions.resolve_asset_graph()
    group_of = {key: graph.get(key).group_name or "" for key in graph.get_all_asset_keys() if graph.get(key).is_materializable}
    assets = Counter(group_of.values())
    checks = Counter(group_of[check.asset_key] for check in graph.asset_check_keys if check.asset_key in group_of)
    edges = {
        (group_of[parent], group)
        for key, group in group_of.items()
        for parent in graph.get(key).parent_keys
        if parent in group_of and _layer(group_of[parent]) != _layer(group)
    }
    columns = {layer: sorted(group for group in assets if _layer(group) == layer) for layer in LAYERS}
    height = 2 * MARGIN + 30 + max(map(len, columns.values())) * (HEIGHT + DOWN)
    place = {
        group: (MARGIN + column * (WIDTH + ACROSS), MARGIN + 30 + (height - 2 * MARGIN - 30) * (row + 0.5) / len(groups) - HEIGHT / 2)
        for column, groups in enumerate(columns.values())
        for row, group in enumerate(groups)
    }
    width = 2 * MARGIN + len(LAYERS) * (WIDTH + ACROSS) - ACROSS
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="Groups of assets, from landing to release">',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{width}" height="{height}"/>',
    ]
    for source, target in sorted(edges):
        (left, top), (right, bottom) = place[source], place[target]
        x1, y1, x2, y2 = left + WIDTH, top + HEIGHT / 2, right, bottom + HEIGHT / 2
        parts.append(f'<path d="M{x1:.0f} {y1:.0f}C{x1 + ACROSS:.0f} {y1:.0f} {x2 - ACROSS:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"/>')
    for column, layer in enumerate(LAYERS):
        parts.append(f'<text class="layer" x="{MARGIN + column * (WIDTH + ACROSS)}" y="{MARGIN + 12}">{layer}</text>')
    for group, (x, y) in place.items():
        name = group.partition("_")[2] or group
        holds = f"{assets[group]} assets, {checks[group]} checks" if checks[group] else f"{assets[group]} assets"
        parts.append(f'<rect x="{x:.0f}" y="{y:.0f}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>')
        parts.append(f'<text x="{x + 10:.0f}" y="{y + 20:.0f}">{escape(name)}</text><text class="few" x="{x + 10:.0f}" y="{y + 36:.0f}">{escape(holds)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _layer(group: str) -> str:
    """What is settled after every delivery has landed stands in a column of its own."""
    return "settled" if group == "landing_settled" else group.split("_")[0]


if __name__ == "__main__":
    from pipelines.defs.assembly import definitions

    Path(sys.argv[1]).write_text(asset_graph(definitions()), encoding="utf-8")
