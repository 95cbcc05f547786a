"""
Who is on call at a time, as calendars and services of others say it.

shifts.py    the values, and the one pure question: what is known of a source, and an instant -> who
naming.py    names, levels and ranks out of what people write into a calendar
levels.py    who is asked at each level
people.py    which login, and which destination, a name stands for
calendar.py  a calendar becomes shifts; rules.py refuses what repeats too often
aside.py     the same in a process of its own, which can be stopped
ical.py      a calendar at an address, or in a file
services.py  PagerDuty, Grafana, GitLab and Opsgenie, asked by their own interfaces
web.py       one bounded request
copies.py    the last good copy of each, in a file
watch.py     asks the sources in the background, and remembers the last good answer

"Nobody is on call", "the source cannot be read" and "it has not been read yet" are three answers, never taken for
each other.
"""
