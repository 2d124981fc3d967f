"""Random works: machines with rules, setups, breakdowns and shifts, and one to three stages on them."""

from hypothesis import strategies as st

times = st.sampled_from(
    [0, 0.1, 0.25, {"dist": "exponential", "mean": 0.2}, {"dist": "uniform", "low": 0, "high": 0.5}]
)
rules = st.sampled_from(["fifo", "due_date", "shortest", "same_setup", "same_setup", "priority"])
breakdowns = st.fixed_dictionaries(
    {
        "time_between": st.sampled_from([1, 2.5, {"dist": "exponential", "mean": 3}]),
        "repair_time": st.sampled_from([0, 0.5, {"dist": "exponential", "mean": 1}]),
        "clock": st.sampled_from(["busy", "calendar"]),
    }
)
calendars = st.sampled_from(
    [
        {"period": 1, "open": [[0.25, 0.75]]},
        {"period": 2, "open": [[0, 0.5], [1, 2]]},
        {"period": 3, "open": [[0.5, 3]]},
    ]
)


@st.composite
def resources(draw):
    """Return what a scenario says of machines."""
    found = {"machines": draw(st.sampled_from([1, 1, 2, 3])), "sequencing": {"kind": draw(rules)}}
    if draw(st.booleans()):
        found |= {"setup_time": draw(times), "setup_cost": 3, "time_cost": 2}
    if draw(st.booleans()):
        found["breakdowns"] = draw(breakdowns)
    if draw(st.booleans()):
        found["calendar"] = draw(calendars)
        if draw(st.booleans()):
            found["overtime"] = {"queue": draw(st.sampled_from([0, 0.5])), "at_most": 0.25, "cost": 1}
    return found


@st.composite
def works(draw, whole_units):
    """Return the machines of a factory, and what is to be said of the product that goes through them."""
    number = draw(st.integers(1, 3))
    machines = {f"r{place}": draw(resources()) for place in range(number)}
    stages = []
    for place in range(number):
        stage = {"name": f"s{place}", "resource": f"r{place}", "time": draw(times), "batch_time": draw(times)}
        if draw(st.booleans()):
            stage["scrap"] = draw(st.sampled_from([0.1, 1, {"dist": "uniform", "low": 0, "high": 0.5}]))
        if whole_units and draw(st.booleans()):
            stage["rework"] = {"share": draw(st.sampled_from([0.2, 0.7])), "to": f"s{draw(st.integers(0, place))}"}
        if place and draw(st.booleans()):
            stage["buffer"] = draw(st.integers(0, 2))
        stages.append(stage)
    more = {"stages": stages, "promise": draw(st.sampled_from(["lead_time", "queue"]))}
    if draw(st.booleans()):
        more["batch"] = draw(st.sampled_from([1, 3]))
    return machines, more
