"""
The composition root: settings become trackers, queue, worker, sweep and web; nothing else knows all of them.

bridge.py     what reconciles
runtime.py    all that runs in a process
running.py    the programs
trackers.py   the configured trackers
engine.py     the queue: a file, or a database
keys.py       what signs the receipts
intake.py     what alerts take, where there are sources of them
display.py    what is shown to people in a browser
on_call.py    what asks who is on call
alone.py      who may open an incident for one thing
shares.py     who may hold how many workers
messenger.py  what carries messages to destinations
ports.py      what is listened on
host.py       the production server
guest.py      one connection to it
crowd.py      all connections
outbox.py     when answers are sent
processes.py  several processes that do the same
"""
