"""The schedule of a plan as pure Python: tasks and links in, days, floats and the critical path ("đường găng") out.

One way through the rooms of this package, each standing on the ones before it:

    public_holidays   which days the State gives off                           (the only use of the library)
    calendars         days <-> moments, whole numbers that count working days
    network           tasks and links, checked; a cycle is refused by name
    schedule          forward pass: the earliest days, facts and today respected
    outlook           backward pass toward one end or all: floats, critical chains, what decides an end
    statuses          done, running, late ... from facts
    changes           drift against a baseline, what a change would move before it is saved

Belongs here: everything about days of a plan that can be said without a database. Does not belong here: Django, the
clock (`today` is an argument), names of people and units (keys are opaque text), wording of pages.
docs/decisions/0013 says why it is built like this.
"""
