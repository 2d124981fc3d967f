"""Uncertain inputs: what customers ask for, and how long things take.

`scmsim.inputs.distributions` holds the distributions, `scmsim.inputs.demand` what every demand model is and the list of
the models; each family of models has a module of its own, ``demand_*``.
"""
