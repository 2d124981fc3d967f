"""A marimo notebook: compare two players of the beer game, then sweep what one of them remembers.

Open it with ``marimo edit docs/notebooks/two_policies.py`` (pip install marimo), or run it: ``python two_policies.py``.
"""

import marimo

app = marimo.App(width="medium")


@app.cell
def _():
    import marimo as mo

    import scmsim as sc
    from scmsim.cli.shipped import shipped_path

    return mo, sc, shipped_path


@app.cell
def _(mo):
    mo.md(
        """
        # Two players of the beer game

        One forgets most of what is already on order, as people do (Sterman 1989); the other counts all of it.
        Both meet the same noisy customers.
        """
    )


@app.cell
def _(sc, shipped_path):
    people = sc.load(shipped_path("experiments/beer_game_supply_line"))
    counting = {"counts_everything": {"defaults.stock.policy.supply_line_weight": 1}}
    comparison = sc.compare(people, policies=counting, measures=["total_cost", "fill_rate@retailer"], replications=20)
    comparison
    return comparison, people


@app.cell
def _(comparison, mo):
    mo.md("\n".join(f"- {sentence}" for sentence in comparison.sentences))


@app.cell
def _(people, sc):
    weight = "defaults.stock.policy.supply_line_weight"
    sweep = sc.sweep(people, {weight: [0, 0.25, 0.5, 0.75, 1]}, measures=["total_cost"], replications=20)
    costs = sweep.runs.groupby(weight)["total_cost"].agg(["mean", "std"])
    costs
    return costs, sweep


@app.cell
def _(costs, mo):
    mo.md(f"Of these weights **{costs['mean'].idxmin():g}** costs least: {costs['mean'].min():,.0f} in 36 weeks.")


if __name__ == "__main__":
    app.run()
