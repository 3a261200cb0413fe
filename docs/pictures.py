"""Make the documentation's pictures from those that runs have drawn, small enough for a page.

python run.py
python run.py compare city ... --out results/lights    (the command of docs/models/signals.md)
python run.py compare four_more.toml --out results/four_more    (docs/how-to/many_worlds.md)
python run.py sensitivity city ... --out results/sensitivity    (docs/how-to/sensitivity.md)
python run.py optimise city ... --out results/front    (the command of docs/how-to/optimise.md)
python run.py simulate manhattan --data ../shared/data/manhattan --out results/manhattan
python run.py plan examples/relief_plan --out results/relief
python docs/pictures.py
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
PICTURES = {
    "supplies.png": "results/coordination/supply_map.png",
    "attribution.png": "results/coordination/attribution.png",
    "stock.png": "results/coordination/stock.png",
    "city.png": "results/lights/map.png",
    "fleet_by_hour.png": "results/lights/fleet_by_hour.png",
    "forced_greens.png": "results/lights/forced_greens_both.png",
    "discovery.png": "results/four_more/discovery_1.png",
    "sensitivity.png": "results/sensitivity/sensitivity.png",
    "front.png": "results/front/front.png",
    "manhattan.png": "results/manhattan/map.png",
    "plan_map.png": "results/relief/map.png",
    "plan_day.png": "results/relief/day.png",
}
"""Pictures of the documentation, and what they are made from."""
MOST_PX = 1000
COLOURS = 224


def main() -> None:
    """Shrink every picture that is there."""
    folder = ROOT / "docs/images"
    folder.mkdir(exist_ok=True)
    for name, source in PICTURES.items():
        if (ROOT / source).is_file():
            shrink(ROOT / source, folder / name)
            print(f"docs/images/{name}: {(folder / name).stat().st_size / 1000:.0f} kB")
        else:
            print(f"docs/images/{name}: left as it is, there being no {source}")


def shrink(source: Path, target: Path) -> None:
    """Save a picture with fewer dots and colours."""
    picture = Image.open(source).convert("RGB")
    picture.thumbnail((MOST_PX, MOST_PX), Image.Resampling.LANCZOS)
    picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        target, optimize=True
    )


if __name__ == "__main__":
    main()
