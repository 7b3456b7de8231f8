"""Write the outlines of countries that the page draws beneath its network, model/page/outlines.json.

    .venv/bin/python docs/outlines.py ne_110m_admin_0_countries.geojson

reads countries of Natural Earth (1:110 million, public domain), as GeoJSON, and keeps rings of longitudes and latitudes in
tenths of a degree, a list of numbers each.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OUTLINES = Path(__file__).resolve().parents[1] / "model" / "page" / "outlines.json"
FEWEST = 4
"""Points of the smallest ring that is kept; the first is also the last."""


def rings(countries: dict[str, Any]) -> Iterator[list[int]]:
    """Longitude, latitude, longitude, ... of each ring, in tenths of a degree, no point twice in a row."""
    for country in countries["features"]:
        shape = country["geometry"]
        for polygon in shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]:
            for ring in polygon:
                points = [(round(10 * place[0]), round(10 * place[1])) for place in ring]
                kept = [point for n, point in enumerate(points) if n == 0 or point != points[n - 1]]
                if len(kept) >= FEWEST:
                    yield [number for point in kept for number in point]


if __name__ == "__main__":
    found = sorted(rings(json.loads(Path(sys.argv[1]).read_text())))
    OUTLINES.write_text(json.dumps(found, separators=(",", ":")) + "\n")
