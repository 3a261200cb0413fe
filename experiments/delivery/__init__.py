"""Delivery plans of a country of one's own, and plans that are made again as an epidemic goes on.

Knows tables of districts and sites; the plans themselves are those of `policies.delivery`.
"""

from experiments.delivery.deliver import Delivery, deliver
from experiments.delivery.question import DeliveryQuestion, make_question
from experiments.delivery.tables import Country, read_country

__all__ = [
    "Country",
    "Delivery",
    "DeliveryQuestion",
    "deliver",
    "make_question",
    "read_country",
]
