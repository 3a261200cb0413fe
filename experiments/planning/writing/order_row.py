"""A row of the sheet of orders: every cell as a formula, with what it comes to now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor
from typing import Any

from experiments.planning.orders import item_of
from experiments.planning.plan import Plan
from experiments.planning.sheets.grid import letters
from experiments.planning.writing.cells_out import MONEY, SHARE, UNITS, Formula
from experiments.planning.writing.law_formulas import LAWS, LawFormulas
from policies.ordering.newsvendor import Item

LIMITS_USED = "Limits used"
COLUMNS = (
    ("centre", "Centre", None),
    ("item", "Item", None),
    ("law", "Law of demand", None),
    ("mean", "Mean demand", UNITS),
    ("sd", "Standard deviation", UNITS),
    ("stock", "Stock", UNITS),
    ("unit", "Cost of a unit", MONEY),
    ("over", "Cost of a unit left over", MONEY),
    ("under", "Cost of a unit short", MONEY),
    ("step", "Pack", UNITS),
    ("least", "Minimum order", UNITS),
    ("service", "Least service", SHARE),
    ("best", "Best quantity now", UNITS),
    ("planned", "Quantity planned", UNITS),
    ("own", "Your own quantity", UNITS),
    ("quantity", "Quantity", UNITS),
    ("level", "Stock after it", UNITS),
    ("short", "Expected short", UNITS),
    ("surplus", "Expected left over", UNITS),
    ("cost", "Expected cost", MONEY),
    ("met", "All met with", SHARE),
    ("fill", "Demand met", SHARE),
    ("changed", "Since the plan", None),
    ("price", "Price of limits", MONEY),
    ("ratio", "Critical ratio", "0.0000"),
    ("wanted", "Wanted, any quantity", UNITS),
    ("down", "Next pack below", UNITS),
    ("required", "Needed for service", UNITS),
    ("first", "Least order", UNITS),
    ("cost_down", "Cost at the pack below", MONEY),
    ("cost_up", "Cost at the pack above", MONEY),
    ("better", "Better of both", UNITS),
    ("at", "With the least order", UNITS),
    ("cost_at", "Its cost", MONEY),
    ("cost_none", "Cost of no order", MONEY),
)
"""Name, heading and number format; from the price of limits on, the working that is folded away."""
INPUTS = ("mean", "sd", "stock", "unit", "over", "under", "step", "least", "service")
FOLDED = "price"
LETTER = {name: letters(number) for number, (name, _, _) in enumerate(COLUMNS)}


@dataclass(frozen=True)
class Order:
    """One row: every cell as a formula with what it comes to.

    Attributes
    ----------
    plan : Plan
    number : int
        Of the need.
    row : int
        Of the sheet.
    limits_row : int
        Row of the first limit in `LIMITS_USED`.
    history : str
        The cells of past demand; empty where there are none.
    """

    plan: Plan
    number: int
    row: int
    limits_row: int
    history: str = ""

    def cells(self) -> dict[str, Any]:
        """What stands in each column."""
        need = self.plan.asked.needs[self.number]
        product = self.plan.asked.products[need.product]
        outcome = self.plan.orders.outcomes[self.number]
        inputs: dict[str, Any] = {
            "mean": need.mean,
            "sd": need.sd,
            "stock": need.stock,
            "unit": need.unit_cost,
            "over": self._over,
            "under": need.shortage_cost,
            "step": self._step,
            "least": product.minimum_order,
            "service": product.least_service,
        }
        if need.law_name == "empirical":
            inputs["mean"] = Formula(f"AVERAGE({self.history})", need.mean)
        named = {
            "centre": self.plan.asked.centres[need.centre].name,
            "item": product.name,
            "law": need.law_name,
            "planned": outcome.quantity,
        }
        if not self.is_live:
            return named | inputs | self._fixed()
        return named | inputs | self._results() | self._working()

    @cached_property
    def is_live(self) -> bool:
        """Whether formulas follow; not for a law without, nor for what keeps for some periods."""
        need = self.plan.asked.needs[self.number]
        return need.law_name in LAWS and not (
            self._item.keeps and self._item.shelf_life_periods < 1e9
        )

    @cached_property
    def _item(self) -> Item:
        need = self.plan.asked.needs[self.number]
        return item_of(need, self.plan.asked.products[need.product])

    @property
    def _step(self) -> float:
        return self._item.pack or (1.0 if self.plan.asked.settings.whole else 0.0)

    @property
    def _over(self) -> float:
        """What a unit left over costs beside its price: holding, and waste or what it is worth."""
        item = self._item
        return item.holding_cost + (-item.value_kept if item.keeps else item.waste_cost)

    @cached_property
    def _formulas(self) -> LawFormulas:
        need = self.plan.asked.needs[self.number]
        return LAWS[need.law_name](self.ref("mean"), self.ref("sd"), self.history)

    def ref(self, name: str) -> str:
        """The cell of a column in this row."""
        return f"${LETTER[name]}{self.row}"

    def _fixed(self) -> dict[str, Any]:
        """Values of a row whose formulas there are none for."""
        outcome = self.plan.orders.outcomes[self.number]
        own, planned = self.ref("own"), self.ref("planned")
        return {
            "quantity": Formula(f"IF(ISNUMBER({own}),{own},{planned})", outcome.quantity),
            "level": self._item.stock + outcome.quantity,
            "short": outcome.shortage,
            "surplus": outcome.surplus,
            "cost": outcome.cost,
            "met": outcome.cycle_service_level,
            "fill": outcome.fill_rate,
            "changed": "numbers do not follow: no formula for this law or shelf life",
        }

    def _results(self) -> dict[str, Any]:
        outcome = self.plan.orders.outcomes[self.number]
        r, law = self.ref, self._formulas
        short_of_none = law.shortage("0")
        same = f"SUMXMY2({r('mean')}:{r('service')},{self._original})=0"
        quantity = f"IF(ISNUMBER({r('own')}),{r('own')},IF({same},{r('planned')},{r('best')}))"
        level = self._item.stock + outcome.quantity
        fill = f"IF({short_of_none}<=0,1,MAX(0,1-{r('short')}/{short_of_none}))"
        changed = f'IF(ABS({r("quantity")}-{r("planned")})<1E-9,"as planned","changed: plan again")'
        cost = self._cost_text(r("quantity"), r("level"), r("short"), "")
        return {
            "quantity": Formula(quantity, outcome.quantity),
            "level": Formula(f"{r('stock')}+{r('quantity')}", level),
            "short": Formula(law.shortage(r("level")), outcome.shortage),
            "surplus": Formula(f"MAX(0,{r('level')}-{r('mean')}+{r('short')})", outcome.surplus),
            "cost": Formula(cost, outcome.cost),
            "met": Formula(law.met(r("level")), outcome.cycle_service_level),
            "fill": Formula(fill, outcome.fill_rate),
            "changed": Formula(changed, "as planned"),
        }

    @property
    def _original(self) -> str:
        """Cells that keep the inputs as they were planned with, right of everything else."""
        first = len(COLUMNS) + len(self.plan.limits)
        return f"${letters(first)}{self.row}:${letters(first + len(INPUTS) - 1)}{self.row}"

    def _cost_text(self, quantity: str, level: str, short: str, price: str) -> str:
        r = self.ref
        unit = f"({r('unit')}+{price})" if price else r("unit")
        left = f"MAX(0,{level}-{r('mean')}+{short})"
        return f"{unit}*{quantity}+{r('over')}*{left}+{r('under')}*{short}"

    def _cost_at(self, quantity: str) -> str:
        level = f"({self.ref('stock')}+{quantity})"
        return self._cost_text(quantity, level, self._formulas.shortage(level), self.ref("price"))

    def _working(self) -> dict[str, Any]:
        """How the best quantity at the prices of the limits is found."""
        r, law, worth = self.ref, self._formulas, self._worth
        wanted = f"IF({r('ratio')}<=0,0,MAX(0,{law.quantile(r('ratio'))}-{r('stock')}))"
        needed = f"MAX(0,{law.quantile(r('service'))}-{r('stock')})"
        texts = {
            "price": self._price_text,
            "ratio": f"({r('under')}-{r('unit')}-{r('price')})/({r('under')}+{r('over')})",
            "wanted": wanted,
            "down": f"IF({r('step')}=0,{r('wanted')},"
            f"INT({r('wanted')}/{r('step')}+1E-9)*{r('step')})",
            "required": f"IF({r('service')}>0,{self._up(needed)},0)",
            "first": f"MAX({r('required')},{self._up(r('least'))})",
            "cost_down": self._cost_at(r("down")),
            "cost_up": self._cost_at(f"({r('down')}+{r('step')})"),
            "better": f"IF({r('step')}=0,{r('wanted')},IF({r('cost_up')}<{r('cost_down')},"
            f"{r('down')}+{r('step')},{r('down')}))",
            "at": f"MAX({r('better')},{r('first')})",
            "cost_at": self._cost_at(r("at")),
            "cost_none": self._cost_at("0"),
            "best": f"IF(OR({r('required')}>0,{r('first')}=0),{r('at')},"
            f"IF({r('cost_at')}<{r('cost_none')},{r('at')},0))",
        }
        return {name: Formula(text, worth[name]) for name, text in texts.items()}

    def _up(self, quantity: str) -> str:
        step = self.ref("step")
        return f"IF({step}=0,{quantity},ROUNDUP({quantity}/IF({step}=0,1,{step})-1E-9,0)*{step})"

    @property
    def _price_text(self) -> str:
        """What a unit pays for the limits that it uses: a sum over limits."""
        first = len(COLUMNS)
        parts = [
            f"${letters(first + k)}{self.row}*'{LIMITS_USED}'!$G${self.limits_row + k}"
            for k in range(len(self.plan.limits))
        ]
        return "+".join(parts) or "0"

    @cached_property
    def _worth(self) -> dict[str, float]:
        """What the working comes to."""
        item, step = self._item, self._step
        law, orders, limits = item.demand, self.plan.orders, self.plan.limits
        price = sum(
            float(p) * float(limit.use[self.number])
            for p, limit in zip(orders.price, limits, strict=True)
        )

        def cost(quantity: float) -> float:
            level = item.stock + quantity
            short = law.shortage(level)
            left = max(0.0, level - law.mean + short)
            paid = (item.unit_cost + price) * quantity
            return paid + self._over * left + item.shortage_cost * short

        def up(quantity: float) -> float:
            return quantity if not step else ceil(quantity / step - 1e-9) * step

        ratio = (item.shortage_cost - item.unit_cost - price) / (item.shortage_cost + self._over)
        wanted = 0.0 if ratio <= 0 else max(0.0, law.quantile(ratio) - item.stock)
        down = floor(wanted / step + 1e-9) * step if step else wanted
        service = item.least_service_level
        required = up(max(0.0, law.quantile(service) - item.stock)) if service > 0 else 0.0
        first = max(required, up(item.minimum_order))
        better = wanted if not step else down + step * (cost(down + step) < cost(down))
        at = max(better, first)
        best = at if required > 0 or first == 0 or cost(at) < cost(0.0) else 0.0
        return {
            "price": price,
            "ratio": ratio,
            "wanted": wanted,
            "down": down,
            "required": required,
            "first": first,
            "cost_down": cost(down),
            "cost_up": cost(down + step),
            "better": better,
            "at": at,
            "cost_at": cost(at),
            "cost_none": cost(0.0),
            "best": best,
        }
