"""Decisions: replenishment, forecasting and allocation, as pure functions of what is known.

A new policy is one module here with one class: parameters, ``kind`` and ``decide``. `catalogue.policy_kinds` finds it.
"""
