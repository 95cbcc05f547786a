"""
Incidents as they go on in bad weather: generated, seeded, on a virtual clock, with nothing real but the bridge.

place.py     a town on one forge: its clock, its people, its world
acts.py      what people do there, as values
scenario.py  which of it, for a seed
weather.py   what goes wrong, for a seed
wire.py      requests without sockets
process.py   the bridge: queue, worker, sweep; it may be killed and started anew
storm.py     the town in that weather: what happens when
watch.py     what must hold at every moment
outcome.py   what a town looks like in the end, for comparison
run.py       the two phases; one seed
kills.py     a process that is killed at every request of a scripted incident
outside.py   the same while messages go out, also of two hosts

``python -m tests.simulation SEED --forge gitlab`` plays one seed again.
"""
