"""
What is shown to people in a browser: the public status page, and the board of those who work on incidents.

known.py   which incidents this process knows, kept up to date without a request for each view
site.py    the status page as it was built last, also after a restart
keeper.py  the thread that keeps both up to date
"""
