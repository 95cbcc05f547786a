"""
Comments as people write them, drawn together with what their authors meant; and what must come of them.

``make test`` tries some; ``make soak`` goes on for about an hour.
"""
