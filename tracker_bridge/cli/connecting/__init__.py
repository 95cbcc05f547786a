"""
Connecting the bridge to a forge, step by step; every step can be done twice.

loopback.py   the page on this machine that the browser leaves from, and comes back to
kept.py       what is kept: the settings, and credentials that only their owner can read
"""
