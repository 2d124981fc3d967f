"""What happens in a factory: what jobs and machines do, one kind for each."""

KINDS = (
    "arrived",
    "taken",
    "finished",
    "scrapped",
    "sent_back",
    "setup",
    "work",
    "down",
    "blocked",
    "starved",
    "idle",
    "closed",
)
"""Every kind, in the order of the codes that stand for them in the table of operations.

=========  ==========================================================================================
arrived    a job joins the queue of a resource
taken      a machine takes a job out of the queue
finished   a stage of a job is finished; ``quantity`` is what goes on from there
scrapped   units of a job are thrown away after a stage
sent_back  units of a job go back to an earlier stage
setup      from now on a machine is being set up
work       from now on it works
down       from now on it is broken
blocked    from now on it keeps a finished job, as there is no room before the next stage
starved    from now on it waits for a job that is still elsewhere in the works, or waits for components
idle       from now on it has nothing to do
closed     from now on there is no shift
=========  ==========================================================================================
"""
CODES = {kind: float(code) for code, kind in enumerate(KINDS)}
"""The code of each kind, as tables of facts hold it."""
STATES = KINDS[5:]
"""The states of a machine."""
FIRST_STATE = CODES[STATES[0]]
"""The code of the first of them."""
