"""
What goes on while the tracker is down: a notebook on this machine, and posting it afterwards.

notebook.py       the file as text: what its lines say
notebook_file.py  reading it, and adding a line that stays
thread.py         its entries as an issue, folded like any other
known.py          an incident that began in the tracker, from its export
desk.py           the notebook while it is being kept
page.py           the same as a page
server.py         on loopback
publishing.py     the status page, meanwhile
sending.py        to the operator's destinations, once

retelling.py      what is posted of each entry, with its time
gathering.py      in as few comments as fit
trial.py          what the thread will amount to, and what would be refused there
posting.py        posting it, nothing twice
"""
