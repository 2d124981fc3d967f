"""The classroom scenarios: each asks a question in its header, and its answer holds when it is run."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import scmsim

CLASSROOM = Path(__file__).parents[1] / "scenarios"
FILES = sorted(CLASSROOM.rglob("*.yaml"))
CHECKED_ELSEWHERE = {"fmcg", "experiments/fmcg_policies", "experiments/least_cost_base_stock", "procurement"}
"""Scenarios and folders whose numbers are checked in test_real_data.py, test_policy_comparison.py, test_least_cost.py
and test_procurement.py."""
STAGES = ("retailer", "wholesaler", "distributor", "brewery")
CHAIN = ("retailer", "wholesaler", "distributor", "plant")
FIRMS = ("cash_desk", "thirty_days", "early_payer", "slow_customers")
SEASONS, INTERMITTENT = "policies/forecast_seasons", "policies/forecast_intermittent"
KNOWN = "policies/forecast_known"
SHAPES = "inputs/demand_models"
OVERTAKING = (
    *("normal", "gamma", "lognormal", "uniform", "triangular", "exponential", "weibull", "poisson"),
    *("negative_binomial", "geometric", "geometric_from_one", "discrete", "empirical", "scipy"),
)
"""Shops of lead_times whose shipments may overtake each other."""
INVOICED = ("on_shipment", "on_delivery", "monthly", "in_advance")
SUPPLY_LINE = "experiments/beer_game_supply_line"
WEIGHT = "defaults.stock.policy.supply_line_weight"
BY_MAIL = (
    "defaults.stock.policy.kind=min_max",
    "defaults.stock.policy.minimum=32",
    "defaults.stock.policy.maximum=44",
)
"""How the shops of vmi order when they do it themselves."""
FIRST_IN = ("nodes.shop.stock.yoghurt.issuing=first_in",)
LAST_IN = ("nodes.shop.stock.milk.issuing=last_in",)
LOT_FOR_LOT = ("nodes.depot.stock.soup.policy.periods=1",)
CHOOSERS = ("saver", "hurrier", "weigher")
LANE = "lanes.depot:shop.dispatch"
EVERY_OTHER_DAY = (f"{LANE}.every=2",)
FIVE, TWENTY = (f"{LANE}.minimum_load.units=5",), (f"{LANE}.minimum_load.units=20",)
TWENTY_OR_NINE_DAYS = (*TWENTY, f"{LANE}.longest_wait=9")
SECOND_SAW, SECOND_MILL = (("nodes.works.resources.saw.machines=2",), ("nodes.works.resources.mill.machines=2",))
EVERY = "defaults.stock.review.interval"
NO_OVERTIME = ("nodes.works.resources.lathe.overtime.queue=100",)
FOUR_VANS = ("nodes.depot.fleets.vans.number=4",)
FOUR_SHOPS = ("by_mail", "at_the_gate", "on_the_road", "at_the_ramp")
NO_STRIKE = ("disruptions.strike.when.times=[{at: 99, lasts: 1}]",)
NO_FLOOD, SURE_FLOOD = ((f"disruptions.flood.when.probability={chance}",) for chance in (0, 1))
FIGURE = re.compile(r"(?P<value>−?\d[\d,]*(?:\.\d+)?)(?: ± (?P<give>\d[\d,]*(?:\.\d+)?))?(?P<percent> %)?")


@dataclass(frozen=True)
class Claim:
    """Words of an answer, and what the numbers in them say: one metric at one node after another (None: the chain).

    With ``settings`` they say what comes out when the scenario is run with these changes.
    """

    scenario: str
    said: str
    metric: str
    nodes: tuple[str | None, ...]
    settings: tuple[str, ...] = ()

    def figures(self) -> Iterator[tuple[float, float]]:
        """Return each number and how far the run may be from it: what ``±`` says, or half of its last digit."""
        for found in FIGURE.finditer(self.said):
            share = 0.01 if found["percent"] else 1.0
            digits = len(found["value"].partition(".")[2])
            give = float(found["give"].replace(",", "")) if found["give"] else 0.5 * 10**-digits
            yield float(found["value"].replace(",", "").replace("−", "-")) * share, give * share * (1 + 1e-9)


CLAIMS = (
    Claim("assembly", "88.7 ± 2.0 %", "fill_rate", ("factory",)),
    Claim("assembly", "0.13 ± 0.04", "average_backorders", ("factory/lamp",)),
    Claim("beer_game", "46 + 50 + 54 + 54 = 204", "total_cost", (*STAGES, None)),
    Claim("beer_game_base_stock", "36 + 44 + 52 + 48 = 180", "total_cost", (*STAGES, None)),
    Claim("beer_game_base_stock", "100 %", "fill_rate", (None,)),
    Claim("beer_game_human", "280.3 + 627.4 + 885.6 + 686.2 = 2,479.5", "total_cost", (*STAGES, None)),
    Claim("beer_game_human", "73 times", "cumulative_order_variance_ratio", ("brewery",)),
    Claim("beer_game_lost_sales", "183.3 + 373.9 + 648.3 + 580.3 = 1,785.8", "total_cost", (*STAGES, None)),
    Claim("beer_game_lost_sales", "13.7 cases", "units_lost", (None,)),
    Claim("beer_game_lost_sales", "are 55.0", "lost_sale_cost", (None,)),
    Claim("beer_game_lost_sales", "94.9 %", "fill_rate", ("retailer",)),
    Claim("beer_game_noisy", "0.8 ± 0.1, 2.0 ± 0.3, 6.2 ± 0.8 and 12 ± 2", "cumulative_order_variance_ratio", STAGES),
    Claim("beer_game_round_1", "251.9 + 371.1 + 682.5 + 754.0 = 2,059.4", "total_cost", (*STAGES, None)),
    Claim("beer_game_round_2", "277.9 + 279.8 + 300.9 + 300.5 = 1,159.1", "total_cost", (*STAGES, None)),
    Claim("beer_game_seasonal", "3.3, 12.5, 32.8 and 50.4", "cumulative_order_variance_ratio", STAGES),
    Claim("beer_game_short_delays", "218.0 + 216.0 + 221.4 + 236.2 = 891.6", "total_cost", (*STAGES, None)),
    Claim("beer_game_short_delays", "8 times", "cumulative_order_variance_ratio", ("brewery",)),
    Claim(
        "bullwhip_moving_average",
        "1.48 ± 0.03, 2.31 ± 0.06, 3.75 ± 0.12 and 6.33 ± 0.25",
        "cumulative_order_variance_ratio",
        ("retailer", "wholesaler", "distributor", "plant"),
    ),
    Claim(
        "information_sharing/off",
        "1.48 ± 0.03, 2.31 ± 0.06, 3.75 ± 0.12 and 6.33 ± 0.25",
        "cumulative_order_variance_ratio",
        CHAIN,
    ),
    Claim("information_sharing/off", "129.8 ± 0.5", "cost_per_period", (None,)),
    Claim(
        "information_sharing/point_of_sale",
        "1.48 ± 0.03, 2.12 ± 0.05, 2.92 ± 0.08 and 3.88 ± 0.12",
        "cumulative_order_variance_ratio",
        CHAIN,
    ),
    Claim("information_sharing/point_of_sale", "116.8 ± 0.5", "cost_per_period", (None,)),
    Claim("information_sharing/full", "1.48 ± 0.03", "cumulative_order_variance_ratio", CHAIN[:1]),
    Claim(
        "information_sharing/full",
        "1.00 ± 0.01, 1.00 ± 0.01 and 1.00 ± 0.01",
        "cumulative_order_variance_ratio",
        CHAIN[1:],
    ),
    Claim("information_sharing/full", "87.5 ± 1.5", "cost_per_period", (None,)),
    Claim(
        "information_sharing/vmi",
        "0.97 ± 0.02, 0.97 ± 0.02, 0.97 ± 0.02 and 0.97 ± 0.02",
        "cumulative_order_variance_ratio",
        CHAIN,
    ),
    Claim("information_sharing/vmi", "80.5 ± 1.5", "cost_per_period", (None,)),
    Claim(SUPPLY_LINE, "10,108 ± 617", "total_cost", (None,), (f"{WEIGHT}=0",)),
    Claim(SUPPLY_LINE, "4,125 ± 260", "total_cost", (None,)),
    Claim(SUPPLY_LINE, "1,839 ± 86", "total_cost", (None,), (f"{WEIGHT}=0.85",)),
    Claim(SUPPLY_LINE, "5.4 ± 0.6", "cumulative_order_variance_ratio", ("brewery",), (f"{WEIGHT}=0.85",)),
    Claim(SUPPLY_LINE, "71 ± 9", "cumulative_order_variance_ratio", ("brewery",)),
    Claim("min_max", "35.02 ± 0.20 a day", "cost_per_period", ("shop",)),
    Claim("min_max", "97.2 ± 0.3 %", "fill_rate", ("shop",)),
    Claim("newsvendor", "79.6 ± 1.0 %", "period_service_level", ("stand",)),
    Claim("newsvendor", "98.2 ± 0.3 %", "fill_rate", ("stand",)),
    Claim("newsvendor", "1.998 ± 0.050", "cost_per_period", ("stand",)),
    Claim("one_warehouse_three_retailers", "42.3 ± 1.5 %", "fill_rate", ("warehouse",)),
    Claim("one_warehouse_three_retailers", "65.7 ± 2.0 %", "fill_rate", ("north",)),
    Claim("one_warehouse_three_retailers", "65.7 ± 2.0 %", "fill_rate", ("centre",)),
    Claim("one_warehouse_three_retailers", "65.7 ± 2.0 %", "fill_rate", ("south",)),
    Claim("one_warehouse_three_retailers", "9.07 ± 0.40", "cost_per_period", (None,)),
    Claim("reorder_point", "3.11 ± 0.05", "average_on_hand", ("shop",)),
    Claim("reorder_point", "0.105 ± 0.015", "average_backorders", ("shop",)),
    Claim("reorder_point", "86.7 ± 1.0 %", "fill_rate", ("shop",)),
    Claim("three_stage_chain", "47.7 ± 0.6", "cost_per_period", (None,)),
    Claim("three_stage_chain", "97.4 ± 0.5 %", "fill_rate", ("shop",)),
    *(
        Claim(SHAPES, said, "period_service_level", (shop,))
        for said, shop in (
            ("94.5 ± 1.2 %", "normal"),
            ("92.8 ± 1.2 %", "gamma"),
            ("93.1 ± 1.2 %", "lognormal"),
            ("94.0 ± 1.2 %", "negative_binomial"),
            ("96.2 ± 1.2 %", "uniform"),
            ("93.7 ± 1.2 %", "whole_bottles"),
            ("100 %", "two_sizes"),
        )
    ),
    *(Claim("inputs/lead_times", "81.6 ± 7.0 %", "fill_rate", (shop,)) for shop in OVERTAKING),
    *(Claim("inputs/lead_times", "4.0 ± 0.5", "order_cycle_time", (shop,)) for shop in OVERTAKING),
    Claim("inputs/lead_times", "11.1 ± 1.0", "order_cycle_time", ("in_turn",)),
    Claim("inputs/known_demand", "65.7 %", "fill_rate", ("party",)),
    Claim("inputs/known_demand", "62.5 %", "fill_rate", ("week_end",)),
    Claim("inputs/known_demand", "100 %, 100 % and 100 %", "fill_rate", ("growing", "closing", "alternating")),
    Claim("inputs/on_the_way", "33.3 %", "on_time_in_full_line", ("depot",)),
    Claim("inputs/on_the_way", "66.7 %", "on_time_in_full_unit", ("depot",)),
    Claim("inputs/on_the_way", "2.2857", "average_on_hand", ("depot",)),
    Claim("distribution/air_or_sea", "66 for", "transport_cost", ("island",)),
    Claim("distribution/air_or_sea", "15.6 kg", "co2", ("island",)),
    Claim("distribution/air_or_sea", "3.25 days", "order_cycle_time", ("island",)),
    Claim("distribution/air_or_sea", "4.0 days", "order_cycle_time", ("village",)),
    Claim("inputs/bakery_week", "108.5", "make_cost", ("bakery",)),
    Claim("inputs/bakery_week", "15 for", "purchase_cost", ("bakery",)),
    Claim("inputs/bakery_week", "2 for", "transport_cost", ("bakery",)),
    Claim("inputs/bakery_week", "125.5", "total_cost", ("bakery",)),
    Claim("information/letters", "3.0 days", "order_cycle_time", ("shop",)),
    Claim("information/letters", "7.0 days", "days_receivable", ("depot",)),
    Claim("information/late_news", "12 instead of 10", "average_on_hand", ("misled", "informed")),
    Claim("money/credit", "2.67 days", "order_cycle_time", ("limited",)),
    Claim("money/credit", "36 in", "closing_cash", ("in_advance",)),
    Claim("money/imports", "236", "gross_margin", ("shop",)),
    Claim("money/imports", "147", "profit", ("shop",)),
    Claim("money/imports", "247", "closing_cash", ("shop",)),
    Claim("information/clerks", "1.75, 1.75 and 2.50", "order_cycle_time", ("a", "b", "c")),
    Claim("information/clerks", "1.75 days, one", "days_receivable", ("depot",)),
    Claim("information/echelon_by_the_minute", "12.7 ± 1.0", "cost_per_period", (None,)),
    Claim("money/invoices", "900, 900, 900 and 900", "profit", INVOICED),
    Claim("money/invoices", "2,100, 2,160, 2,560 and 1,900", "closing_cash", INVOICED),
    Claim("money/no_more_cash", "40 and 0", "closing_cash", ("careful", "careless")),
    Claim("money/no_more_cash", "5.25 and 12.75", "average_on_hand", ("careful", "careless")),
    Claim("money/no_more_cash", "5.0 days", "days_insolvent", ("careless",)),
    Claim("money/standard_cost", "120", "gross_margin", ("shop",)),
    Claim("money/standard_cost", "84", "profit", ("shop",)),
    Claim("money/standard_cost", "104", "closing_cash", ("shop",)),
    Claim("policies/scripted", "66.7 %", "fill_rate", ("stops",)),
    Claim("policies/scripted", "91.7 %", "fill_rate", ("goes_on",)),
    Claim("policies/scripted", "100.0 %", "fill_rate", ("repeats",)),
    Claim("policies/scripted", "5 boxes", "average_on_hand", ("repeats",)),
    Claim("policies/order_details", "3 orders", "total_cost", ("at_five",)),
    Claim("policies/order_details", "2 where", "total_cost", ("below_five",)),
    Claim("policies/order_details", "12 by", "total_cost", ("whole_boxes",)),
    Claim("policies/order_details", "15.25", "average_on_hand", ("whole_boxes",)),
    Claim("policies/order_details", "11.25 and 10.21", "average_on_hand", ("at_five", "below_five")),
    Claim("policies/optimal_level", "4.47 ± 0.08", "cost_per_period", ("stand",)),
    Claim("policies/smoothed", "0.143 ± 0.010", "order_variance_ratio", ("smoothing",)),
    Claim("policies/smoothed", "1.000", "order_variance_ratio", ("following",)),
    Claim("policies/smoothed", "3.29 ± 0.30", "net_stock_amplification", ("smoothing",)),
    Claim("policies/smoothed", "2.00 ± 0.15", "net_stock_amplification", ("following",)),
    Claim("policies/smoothed", "93.8 ± 2.0 %", "period_service_level", ("learning",)),
    Claim("insolvency", "1,477.9", "average_on_hand", ("wholesaler",)),
    Claim("insolvency", "98.0 days", "days_insolvent", ("wholesaler",)),
    Claim("insolvency", "1,667", "profit", ("wholesaler",)),
    Claim("insolvency", "1,500 in cash", "closing_cash", ("brewery",)),
    Claim("insolvency", "22.5 %", "fill_rate", ("pub",)),
    Claim("insolvency", "4,650 cases", "units_lost", ("pub",)),
    Claim("payment_terms", "74,600, 44,600, 36,788 and −20,404", "closing_cash", FIRMS),
    Claim("payment_terms", "36,000, 36,000, 40,188 and 31,996", "profit", FIRMS),
    Claim("payment_terms", "31,475", "peak_overdraft", ("slow_customers",)),
    Claim("payment_terms", "106.5 days", "days_insolvent", ("slow_customers",)),
    Claim(INTERMITTENT, "0.124 ± 0.022", "forecast_bias", ("croston/pump",)),
    Claim(INTERMITTENT, "−0.036 ± 0.020", "forecast_bias", ("sba/pump",)),
    Claim(INTERMITTENT, "11.9 ± 0.4 and 10.9 ± 0.2", "cost_per_period", ("smoothing", "tsb")),
    Claim(INTERMITTENT, "10.4 ± 0.3 and 10.3 ± 0.3", "cost_per_period", ("croston", "sba")),
    Claim(KNOWN, "36.6 ± 1.0", "cost_per_period", ("knowing",)),
    Claim(KNOWN, "73.9 ± 1.7", "cost_per_period", ("guessing",)),
    Claim(KNOWN, "0.50 ± 0.02", "forecast_mase", ("knowing/coffee",)),
    Claim(KNOWN, "20.0 ± 0.4", "forecast_rmse", ("knowing/coffee",)),
    Claim(KNOWN, "0.25 ± 0.02", "order_variance_ratio", ("knowing",)),
    Claim(KNOWN, "5.97 ± 0.13", "order_variance_ratio", ("guessing",)),
    Claim(SEASONS, "82.6 ± 2.3", "cost_per_period", ("smoothing",)),
    Claim(SEASONS, "88.5 ± 3.9", "cost_per_period", ("holt",)),
    Claim(SEASONS, "1.71 ± 0.04 and 1.85 ± 0.04", "forecast_mase", ("smoothing/ice_cream", "holt/ice_cream")),
    Claim(SEASONS, "0.62 ± 0.04", "forecast_mase", ("additive/ice_cream",)),
    Claim(SEASONS, "0.46 ± 0.03", "forecast_mase", ("multiplicative/ice_cream",)),
    Claim(SEASONS, "40.1 ± 0.6 and 39.8 ± 0.6", "cost_per_period", ("additive", "multiplicative")),
    Claim("promotion_bullwhip", "7,550 ± 200", "demand_variance", ("promoting_shop",)),
    Claim("promotion_bullwhip", "25,000 ± 500", "order_variance", ("promoting_shop",)),
    Claim("promotion_bullwhip", "95 ± 8", "demand_variance", ("everyday_shop",)),
    Claim("promotion_bullwhip", "95 ± 8", "order_variance", ("everyday_shop",)),
    Claim("promotion_bullwhip", "79.9 ± 1.0 %", "fill_rate", ("promoting_shop",)),
    Claim("promotion_bullwhip", "100.0 ± 0.1 %", "fill_rate", ("everyday_shop",)),
    Claim("promotion_bullwhip", "31,500 ± 1,000", "profit", ("promoting_shop",)),
    Claim("promotion_bullwhip", "33,160 ± 400", "profit", ("everyday_shop",)),
    Claim("vmi", "45.1 ± 0.7", "cost_per_period", (None,)),
    Claim("vmi", "98.2 ± 0.4 %", "fill_rate", (None,)),
    Claim("vmi", "52.8 ± 1.0", "cost_per_period", (None,), BY_MAIL),
    Claim("vmi", "97.6 ± 0.4 %", "fill_rate", (None,), BY_MAIL),
    Claim("policies/days_of_supply", "2.50 ± 0.10 times", "cumulative_order_variance_ratio", ("shop",)),
    Claim("policies/days_of_supply", "100.0 ± 0.1 %", "fill_rate", ("shop",)),
    Claim("policies/min_max_days", "35 on the shelf", "average_on_hand", ("bakery",)),
    Claim("policies/min_max_days", "100 %", "fill_rate", ("bakery",)),
    Claim("policies/make_to_order", "(0.0 %)", "fill_rate", ("depot",)),
    Claim("policies/make_to_order", "(0.00)", "average_on_hand", ("depot",)),
    Claim("policies/make_to_order", "15.0 ± 0.5 frames", "average_backorders", ("depot",)),
    Claim("policies/kanban", "79.4 ± 1.5 %", "fill_rate", ("machine",)),
    Claim("policies/kanban", "1.618 ± 0.040", "average_on_hand", ("machine",)),
    Claim("policies/drp", "42.142857 on hand", "average_on_hand", ("field_warehouse",)),
    Claim("policies/drp", "(100 %)", "fill_rate", ("field_warehouse",)),
    Claim("policies/drp_promotion", "0.333333 orders", "cost_per_period", ("depot",)),
    Claim("policies/drp_promotion", "20 on hand", "average_on_hand", ("depot",)),
    Claim("policies/drp_promotion", "1 order a week", "cost_per_period", ("depot",), LOT_FOR_LOT),
    Claim("policies/drp_promotion", "0 on hand lot", "average_on_hand", ("depot",), LOT_FOR_LOT),
    Claim("policies/forecast_error", "94.0 ± 1.0 %", "period_service_level", ("shop",)),
    Claim("distribution/mode_choice", "1,920, 2,880 and 2,080", "transport_cost", CHOOSERS),
    Claim("distribution/mode_choice", "744, 216 and 456", "co2", CHOOSERS),
    Claim("distribution/urgency", "380 for transport", "transport_cost", ("shop",)),
    Claim("distribution/weekly_truck", "7.00 ± 0.25 crates", "average_backorders", ("depot",)),
    Claim("distribution/weekly_truck", "2.00 ± 0.10", "average_backorders", ("depot",), EVERY_OTHER_DAY),
    Claim("distribution/full_truck", "9.5 a day", "cost_per_period", (None,)),
    Claim("distribution/full_truck", "12 with twenty", "cost_per_period", (None,), TWENTY),
    Claim("distribution/full_truck", "12 with five", "cost_per_period", (None,), FIVE),
    Claim("distribution/full_truck", "9.5 again", "cost_per_period", (None,), TWENTY_OR_NINE_DAYS),
    Claim("distribution/shared_load", "10 trucks", "loads", ("together",)),
    Claim("distribution/shared_load", "100 % full", "load_utilisation", ("together",)),
    Claim("distribution/shared_load", "20 that", "loads", ("apart",)),
    Claim("distribution/shared_load", "90 % full", "load_utilisation", ("apart",)),
    Claim("distribution/shared_load", "2,000 rather than 4,000", "transport_cost", ("together", "apart")),
    Claim("distribution/fleet", "2.59 ± 0.60", "average_backorders", ("depot",)),
    Claim("distribution/fleet", "80.0 ± 2.0 %", "fleet_utilisation", ("depot",)),
    Claim("distribution/fleet", "0.43 ± 0.15", "average_backorders", ("depot",), FOUR_VANS),
    Claim("distribution/perishable_issuing", "25.0 %", "share_wasted", ("shop",)),
    Claim("distribution/perishable_issuing", "1.5 days", "remaining_life_at_issue", ("shop",)),
    Claim("distribution/perishable_issuing", "2.5 days", "remaining_life_at_issue", ("shop",), LAST_IN),
    Claim("distribution/perishable_issuing", "25.0 %", "share_wasted", ("shop",), LAST_IN),
    Claim("distribution/minimum_life", "87.5 %", "fill_rate", ("depot",)),
    Claim("distribution/minimum_life", "30.0 %", "share_wasted", ("depot",)),
    Claim("distribution/freshest_first", "2 cups", "units_expired", ("shop",)),
    Claim("distribution/freshest_first", "2.75 days", "remaining_life_at_issue", ("shop",)),
    Claim("distribution/freshest_first", "0 expire", "units_expired", ("shop",), FIRST_IN),
    Claim("distribution/freshest_first", "2.25 days", "remaining_life_at_issue", ("shop",), FIRST_IN),
    Claim("distribution/fresh_lane", "83.3 %", "fill_rate", ("depot",)),
    Claim("distribution/fresh_lane", "1.00 crates", "average_backorders", ("depot",)),
    Claim("distribution/fresh_lane", "3.67", "average_on_hand", ("depot",)),
    Claim("distribution/all_or_nothing", "66.7 % and 83.3 %", "fill_rate", ("sets", "pieces")),
    Claim("distribution/all_or_nothing", "3.33 and 2.67", "average_on_hand", ("sets", "pieces")),
    Claim("distribution/parts_by_class", "100.0 %", "fill_rate_class_1", ("works/part",)),
    Claim("distribution/parts_by_class", "25.0 %", "fill_rate_class_2", ("works/part",)),
    Claim("distribution/parts_by_class", "3.00 parts", "average_backorders", ("works/part",)),
    Claim("distribution/perishable_batches", "24.9 ± 2.0 %", "share_wasted", ("florist",)),
    Claim("distribution/returns", "40.0 %", "return_rate", ("shop",)),
    Claim("distribution/returns", "38,400 of revenue", "revenue", ("shop",)),
    Claim("distribution/returns", "100 pairs", "units_scrapped", ("warehouse",)),
    Claim("distribution/returns", "19,800", "profit", (None,)),
    Claim("distribution/cross_dock", "(0.00)", "average_on_hand", ("dock",)),
    Claim("distribution/cross_dock", "4.00", "average_on_hand", ("north",)),
    Claim("distribution/cross_dock", "100 %", "fill_rate", ("south",)),
    *(
        Claim(f"distribution/allocation_{rule}", f"{share} of what {shop}", f"fill_rate_class_{number}", ("depot",))
        for rule, shares in {
            "first_come": ("13.3 %", "20.0 %"),
            "priority": ("100.0 %", "10.0 %"),
            "proportional": ("33.3 %", "33.3 %"),
            "fair_share": ("20.0 %", "20.0 %"),
            "reserve": ("100.0 %", "0.0 %"),
        }.items()
        for number, (share, shop) in enumerate(zip(shares, ("north", "south"), strict=True), start=1)
    ),
    Claim("distribution/allocation_reserve", "3.6667 crates", "average_on_hand", ("depot",)),
    Claim("distribution/ship_complete", "6.00 panels", "average_on_hand", ("depot",)),
    Claim("distribution/ship_complete", "15.00 owed", "average_backorders", ("depot",)),
    Claim("distribution/ship_complete", "6.7 %", "fill_rate", ("depot",)),
    Claim("distribution/patience", "4 customers", "units_lost", ("shop",)),
    Claim("distribution/patience", "5.00 wait", "average_backorders", ("shop",)),
    Claim("distribution/patience", "2.00 units", "average_on_hand", ("shop",)),
    Claim("distribution/substitutes", "50 % of the colas", "fill_rate", ("kiosk/cola",)),
    Claim("distribution/substitutes", "100 % of the lemonades", "fill_rate", ("kiosk/lemonade",)),
    Claim("distribution/substitutes", "3 colas are lost", "units_lost", ("kiosk/cola",)),
    Claim("distribution/cancellation", "4 units are cancelled", "units_cancelled", ("depot",)),
    Claim("distribution/cancellation", "owes 2.00", "average_backorders", ("depot",)),
    Claim("distribution/cancellation", "has 2.00", "average_on_hand", ("depot",)),
    Claim("disruption/four_stops", "1.25, 1.25, 2.92 and 1.25", "average_backorders", FOUR_SHOPS),
    Claim("disruption/four_stops", "owes 4.17", "average_backorders", ("depot",)),
    Claim("disruption/factory_stops", "28 chairs", "units_received", ("factory/chair",)),
    Claim("disruption/factory_stops", "2.40 on", "average_backorders", ("factory/wood",)),
    Claim("disruption/machine_stops", "6.58 chairs", "average_on_hand", ("factory",)),
    Claim("disruption/machine_stops", "8.25;", "average_on_hand", ("factory",), NO_STRIKE),
    Claim("disruption/machine_stops", "10.4 %", "machine_down_share", ("factory",)),
    Claim("disruption/half_capacity", "5.00 sacks", "average_backorders", ("bakery",)),
    Claim("disruption/panic_buying", "75.0 %", "fill_rate", ("shop",)),
    Claim("disruption/panic_buying", "10 units are lost", "units_lost", ("shop",)),
    Claim("disruption/price_rise", "240 money", "cost_of_goods_sold", ("plant",)),
    Claim("disruption/price_rise", "18 tons", "units_received", ("plant",)),
    Claim("disruption/chain_reaction", "1.35 ± 0.30", "average_backorders", ("shop",)),
    Claim("disruption/chain_reaction", "0.60 and", "average_backorders", ("shop",), NO_FLOOD),
    Claim("disruption/chain_reaction", "2.10", "average_backorders", ("shop",), SURE_FLOOD),
    Claim("disruption/fire", "24 units are destroyed", "units_destroyed", ("depot",)),
    Claim("disruption/fire", "120.00 are", "write_off_expense", ("depot",)),
    Claim("disruption/time_to_survive", "3.0 days", "time_to_survive", ("shop",)),
    Claim("disruption/time_to_survive", "10.0 to", "time_to_recover", ("shop",)),
    Claim("disruption/time_to_survive", "30.0 % are", "fill_rate_during_disruptions", ("shop",)),
    Claim("disruption/time_to_survive", "100 % after", "fill_rate_after_disruptions", ("shop",)),
    Claim("disruption/switch_source", "100.0 %", "fill_rate", ("shop",)),
    Claim("disruption/switch_source", "66.7 %", "fill_rate", ("shop",), ("disruptions.strike.reactions={}",)),
    Claim("disruption/reroute", "4.80 on", "average_on_hand", ("shop",)),
    Claim("disruption/reroute", "0.00 if", "average_on_hand", ("shop",), ("disruptions.storm.reactions={}",)),
    Claim("disruption/expedite", "104 for", "transport_cost", ("shop",)),
    Claim("disruption/expedite", "40", "transport_cost", ("shop",), ("disruptions.strike.reactions={}",)),
    Claim("disruption/unreliable_supplier", "2,737 ± 270", "cost_per_period", ("plant",)),
    Claim("disruption/lots_against_failures", "96.3 ± 3.0", "cost_per_period", ("shop",)),
    Claim("distribution/lateral", "6 units are transshipped", "units_transshipped", ("north",)),
    Claim("distribution/lateral", "3.33 are owed", "average_backorders", ("north",)),
    Claim("distribution/lateral", "gets 3.00", "transport_cost", ("north",)),
    Claim("production/bottleneck", "0.2000 a minute", "throughput", ("works",)),
    Claim("production/bottleneck", "30.00 minutes", "production_cycle_time", ("works",)),
    Claim("production/bottleneck", "nothing: 0.2000", "throughput", ("works",), SECOND_SAW),
    Claim("production/bottleneck", "0.2500", "throughput", ("works",), SECOND_MILL),
    Claim("production/bottleneck", "24.00 minutes", "production_cycle_time", ("works",), SECOND_MILL),
    *(
        Claim("production/batch_size", said, "production_cycle_time", ("works",), (f"{EVERY}={hours}",))
        for hours, said in {
            8: "5.9 ± 0.3 hours",
            24: "15.3 ± 0.4",
            5: "10 ± 4",
        }.items()
    ),
    Claim("production/breakdowns", "0.49 ± 0.08 hours", "queue_time", ("hare",)),
    Claim("production/breakdowns", "1.80 ± 0.40", "queue_time", ("tortoise",)),
    Claim("production/stages", "24 clocks", "units_received", ("works/clock",)),
    Claim("production/stages", "76 units", "units_received", ("works",)),
    Claim("production/stages", "8 are scrapped", "units_scrapped_in_production", ("works",)),
    Claim("production/stages", "25 go back", "units_reworked", ("works",)),
    Claim("production/stages", "8 setups", "setups", ("works",)),
    Claim("production/sequencing", "5.90 hours", "production_cycle_time", ("shortest",)),
    Claim("production/sequencing", "for 6.50", "production_cycle_time", ("fifo",)),
    Claim("production/sequencing", "100 %", "schedule_adherence", ("due_date",)),
    Claim("production/sequencing", "80 %", "schedule_adherence", ("shortest",)),
    Claim("production/sequencing", "3 setups", "setups", ("same_setup",)),
    Claim("production/sequencing", "otherwise 4", "setups", ("priority",)),
    Claim("production/shifts", "17.0 hours", "production_cycle_time", ("works",)),
    Claim("production/shifts", "270.0", "machine_cost", ("works",)),
    Claim("production/shifts", "22.5 hours", "production_cycle_time", ("works",), NO_OVERTIME),
    Claim("production/shifts", "240.0", "machine_cost", ("works",), NO_OVERTIME),
    Claim("production/mrp", "100 % of the carts", "fill_rate", ("works/cart",)),
    Claim(
        "production/mrp",
        "0.00 carts, 0.00 wheels and 0.00 kg",
        "average_on_hand",
        ("works/cart", "works/wheel", "works/rubber"),
    ),
    Claim("production/repairs", "10.4 %", "machine_down_share", ("by_work",)),
    Claim("production/repairs", "25.0 %", "machine_down_share", ("by_calendar",)),
    Claim("production/repairs", "20.00", "machine_cost", ("by_work",)),
    Claim("production/make_to_order", "67 ± 8 %", "schedule_adherence", ("by_lead_time",)),
    Claim("production/make_to_order", "100 %", "schedule_adherence", ("by_queue",)),
)
"""In every classroom scenario, what its header says in numbers."""


@cache
def answer(name: str) -> str:
    """Return what the header of a classroom scenario claims."""
    return str(scmsim.load(CLASSROOM / f"{name}.yaml").header["answer"])


@cache
def kpis(name: str, settings: tuple[str, ...] = ()) -> pd.DataFrame:
    """Run a classroom scenario as it stands, or with changes, and return its KPIs."""
    return scmsim.run(scmsim.load(CLASSROOM / f"{name}.yaml", settings), record="summary").kpis


def figure(name: str, metric: str, node: str | None, settings: tuple[str, ...] = ()) -> float:
    """Return one KPI of a node (or a node's only stock), or of the whole chain."""
    rows = kpis(name, settings).query("metric == @metric")
    if node is None:
        rows = rows[rows.segment.isna() & rows.node.isna() & rows["product"].isna()]
    else:
        node, _, product = node.partition("/")
        rows = rows[(rows.node == node) & (rows["product"] == product if product else rows["product"].isna())]
    return float(rows["mean"].iloc[0])


def name_of(path: Path) -> str:
    """Name a classroom scenario as ``scmsim list`` does."""
    return path.relative_to(CLASSROOM).with_suffix("").as_posix()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_header_states_question_source_and_answer(path: Path) -> None:
    """Tests that every classroom scenario loads and says what it asks, where it is from and what comes out."""
    scenario = scmsim.load(path)
    assert all(scenario.header.get(part) for part in ("question", "source", "answer"))
    assert scenario.header["question"].endswith("?")
    assert scenario.name == name_of(path).replace("_", "-").replace("/", "-")


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: f"{claim.scenario}-{claim.metric}")
def test_answer_holds(claim: Claim) -> None:
    """Tests that what an answer says comes out when the scenario is run as it stands."""
    assert claim.said in answer(claim.scenario)
    said = list(claim.figures())
    assert len(said) == len(claim.nodes)
    for (value, give), node in zip(said, claim.nodes, strict=True):
        assert figure(claim.scenario, claim.metric, node, claim.settings) == pytest.approx(value, abs=give), node


@pytest.mark.parametrize(
    "path", [file for file in FILES if not {name_of(file), file.parent.name} & CHECKED_ELSEWHERE], ids=name_of
)
def test_no_number_in_an_answer_goes_unchecked(path: Path) -> None:
    """Tests that every number in an answer is one of the claims that are checked."""
    left = answer(name_of(path))
    for claim in CLAIMS:
        if claim.scenario == name_of(path):
            left = left.replace(claim.said, "")
    assert not re.search(r"\d", left), left


def test_both_rounds_meet_the_same_demand() -> None:
    """Tests that the two rounds of the same draw meet bit-identical customers, whoever plays."""
    first, second = (
        scmsim.run(scmsim.load(CLASSROOM / f"beer_game_round_{number}.yaml")).demand.query("buyer.isna()")
        for number in (1, 2)
    )
    asked = ["time", "node", "product", "quantity"]
    assert len(first) == 52
    pd.testing.assert_frame_equal(
        first[asked].reset_index(drop=True), second[asked].reset_index(drop=True), check_exact=True
    )


@pytest.mark.known_answer("node.segment:upstream")
@pytest.mark.known_answer("node.segment:internal")
@pytest.mark.known_answer("node.segment:downstream")
def test_nodes_count_in_the_segment_they_name() -> None:
    """Tests stock on hand of a depot called upstream, 16 / 7, and of a garage downstream, 30 / 7."""
    rows = kpis("inputs/on_the_way").query("metric == 'average_on_hand' and segment.notna()")
    assert dict(zip(rows.segment, rows["mean"], strict=True)) == pytest.approx(
        {"upstream": 16 / 7, "downstream": 30 / 7}
    )
    sales = kpis("inputs/on_the_way").query("metric == 'fill_rate' and segment == 'internal'")
    assert sales["mean"].tolist() == [1.0]
