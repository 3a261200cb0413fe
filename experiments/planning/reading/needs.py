"""Items, demand and limits from the rows of their sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from environment.errors import suggest
from experiments.planning.inputs import PLAIN_PRODUCT, Need, Product, SharedLimit
from experiments.planning.orders import item_of
from experiments.planning.reading.laws import NEEDS_HISTORY, WITHOUT_SD, law_of, sd_of
from experiments.planning.reading.places_and_vehicles import named
from experiments.planning.reading.rows import Mistakes, Row, name_mistakes, shown
from experiments.planning.sheets.columns import plain
from experiments.planning.sheets.grid import Grid, is_empty, text_of
from policies.base import PolicyError
from policies.ordering.fit import LEAST_PERIODS

DEMAND = ("mean demand", "standard deviation", "law", "stock")
COSTS = ("unit cost", "holding cost", "shortage cost")
History = Mapping[tuple[int, int], tuple[float, ...]]
"""Past demand by centre and item."""


def read_products(rows: Sequence[Row], mistakes: Mistakes) -> tuple[Product, ...]:
    """The items; one of single units where there is no sheet of them."""
    name_mistakes(rows, "item", mistakes)
    products = [
        Product(
            row["item"] or "",
            pack=_or(row["pack"], 1.0),
            minimum_order=_or(row["minimum order"], 0.0),
            least_service=_or(row["least service"], 0.0) / 100,
            shelf_life_periods=_or(row["shelf life"], 1.0),
            leftover_value=row["leftover value"],
            waste_cost=_or(row["waste cost"], 0.0),
            weight_kg=_or(row["weight"], 1.0),
            volume_l=_or(row["volume"], 1.0),
        )
        for row in rows
    ]
    return tuple(products) or (Product(PLAIN_PRODUCT),)


def read_history(
    grid: Grid | None, centres: Mapping[str, int], products: Sequence[Product], mistakes: Mistakes
) -> History:
    """Past demand: a column for each centre, or for each centre / item."""
    history: dict[tuple[int, int], tuple[float, ...]] = {}
    if grid is None or not grid.rows:
        return history
    for (row, column), told in grid.wrong.items():
        mistakes.add(grid.place(row, column), told)
    for column, heading in enumerate(grid.rows[0]):
        if is_empty(heading) or plain(heading) == "period":
            continue
        place = grid.place(0, column)
        key = _centre_and_product(heading, centres, products, place, mistakes)
        if key is not None and key in history:
            mistakes.add(place, f"past demand of {shown(heading)} is there twice")
        elif key is not None:
            history[key] = _past(grid, column, mistakes)
    return history


def _centre_and_product(
    heading: object,
    centres: Mapping[str, int],
    products: Sequence[Product],
    place: str,
    mistakes: Mistakes,
) -> tuple[int, int] | None:
    """Whose past demand a column is; None after that is told to be nobody's."""
    text = text_of(heading)
    items = {plain(product.name): number for number, product in enumerate(products)}
    if plain(text) in centres and len(products) == 1:
        return centres[plain(text)], 0
    centre, _, item = text.rpartition("/")
    if plain(centre) in centres and plain(item) in items:
        return centres[plain(centre)], items[plain(item)]
    if len(products) == 1:
        hint = suggest(plain(text), list(centres))
        mistakes.add(place, f"there is no centre {shown(heading)} ({hint})")
    else:
        mistakes.add(place, f"the heading must be 'centre / item', got {shown(heading)}")
    return None


def _past(grid: Grid, column: int, mistakes: Mistakes) -> tuple[float, ...]:
    """What was asked for in each period; empty cells are no period."""
    demands = []
    for row in range(1, len(grid.rows)):
        value = grid.rows[row][column] if column < len(grid.rows[row]) else None
        if is_empty(value) or (row, column) in grid.wrong:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e12:
            told = f"past demand must be a number from 0 up in units, got {shown(value)}"
            mistakes.add(grid.place(row, column), told)
            continue
        demands.append(float(value))
    return tuple(demands)


class NeedReader:
    """Needs from the rows of Centres, or of Demand where that sheet is filled in.

    Parameters
    ----------
    centre_rows, item_rows : sequence of Row
    products : sequence of Product
    history : mapping
        Past demand by centre and item.
    mistakes : Mistakes
    """

    def __init__(
        self,
        centre_rows: Sequence[Row],
        item_rows: Sequence[Row],
        products: Sequence[Product],
        history: History,
        mistakes: Mistakes,
    ) -> None:
        self._centre_rows = centre_rows
        self._item_rows = item_rows
        self._products = products
        self._history = history
        self._mistakes = mistakes

    def read(self, demand_rows: Sequence[Row], centres: Mapping[str, int]) -> tuple[Need, ...]:
        """Every need once."""
        if demand_rows:
            needs = self._of_demand(demand_rows, centres)
        elif len(self._products) > 1:
            first = self._item_rows[1].at("item")
            told = "with several items the sheet Demand must say how much of each is needed"
            self._mistakes.add(first, told)
            needs = []
        else:
            needs = [self._need(row, row, n, 0) for n, row in enumerate(self._centre_rows)]
        return tuple(need for need in needs if need is not None)

    def _of_demand(self, rows: Sequence[Row], centres: Mapping[str, int]) -> list[Need | None]:
        items = {plain(product.name): number for number, product in enumerate(self._products)}
        seen: dict[tuple[int, int], Row] = {}
        needs = []
        for row in rows:
            centre = named(row, "centre", centres, "centre", self._mistakes)
            product = named(row, "item", items, "item", self._mistakes)
            if centre < 0 or product < 0:
                continue
            if (centre, product) in seen:
                first = seen[centre, product].place
                self._mistakes.add(
                    row.place, f"this item at this centre is there already, in {first}"
                )
                continue
            seen[centre, product] = row
            needs.append(self._need(row, self._centre_rows[centre], centre, product))
        return needs

    def _need(self, row: Row, centre_row: Row, centre: int, product: int) -> Need | None:
        """One need; None after what is wrong with it is told."""
        before = len(self._mistakes.lines)
        unit, holding, shortage = (self._cost(name, centre_row, product) for name in COSTS)
        history = self._history.get((centre, product), ())
        law_name = row["law"]
        self._tell_missing_demand(row, law_name, history)
        is_wrong = any(row[name] is None and name in row.given for name in DEMAND)
        if len(self._mistakes.lines) > before or is_wrong:
            return None
        if unit is None or holding is None or shortage is None:
            return None  # that is told where its cell is read
        try:
            given = (row["mean demand"], row["standard deviation"])
            law, told_name, fits = law_of(law_name, *given, history)
            need = Need(
                centre,
                product,
                law,
                told_name,
                mean=float(law.mean),
                sd=sd_of(law, history if law_name in NEEDS_HISTORY else ()),
                unit_cost=unit,
                holding_cost=holding,
                shortage_cost=shortage,
                stock=row["stock"],
                history=history if law_name in NEEDS_HISTORY else (),
                fits=fits,
            )
            item_of(need, self._products[product])
        except PolicyError as error:
            for line in "; ".join(str(error).splitlines()).split("; "):
                self._mistakes.add(row.at("mean demand"), line)
            return None
        return need

    def _tell_missing_demand(
        self, row: Row, law_name: str | None, history: Sequence[float]
    ) -> None:
        if law_name in NEEDS_HISTORY:
            if len(history) < LEAST_PERIODS:
                told = f"needs at least {LEAST_PERIODS} periods in the sheet Past demand"
                self._mistakes.add(
                    row.at("law"), f"the law {law_name!r} {told}, got {len(history)}"
                )
            return
        if "mean demand" not in row.given:
            self._mistakes.add(row.place, "there is no mean demand")
        # Without a deviation a normal demand is known; other laws have no such case.
        if law_name not in (*WITHOUT_SD, "normal") and "standard deviation" not in row.given:
            self._mistakes.add(row.place, "there is no standard deviation")

    def _cost(self, name: str, centre_row: Row, product: int) -> float | None:
        """Of the centre's own row, else of the item's."""
        if name in centre_row.given:
            return centre_row[name]
        if product < len(self._item_rows) and name in self._item_rows[product].given:
            return self._item_rows[product][name]
        places = "Centres" if not self._item_rows else "Centres or Items"
        place = centre_row.place if not self._item_rows else self._item_rows[product].place
        self._mistakes.add(place, f"there is no {name}, in {places}")
        return None


def read_limits(
    rows: Sequence[Row], products: Sequence[Product], mistakes: Mistakes
) -> tuple[SharedLimit, ...]:
    """Limits that all orders share."""
    name_mistakes(rows, "limit", mistakes)
    items = {plain(product.name): number for number, product in enumerate(products)}
    limits = []
    for row in rows:
        product = named(row, "item", items, "item", mistakes)
        limits.append(
            SharedLimit(
                row["limit"] or "",
                row["kind"] or "money",
                _or(row["amount"], 0.0),
                None if product < 0 else product,
            )
        )
    return tuple(limits)


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value
