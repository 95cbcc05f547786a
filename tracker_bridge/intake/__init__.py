"""
Alerts become incidents: what was accepted is kept until its issue is there, and then told of there.

sources.py   what the settings say of each source
reception.py a delivery: who sent it, what it tells, and that it is kept
answers.py   what it is answered
desk.py      the work: one key after the other, each in its order
case.py      one key, and its incident: found, opened, kept up to date
texts.py     the text of its issue
"""
