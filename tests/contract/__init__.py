"""
What every tracker must do, tried on each of them.

The tests arrange behind the adapter's back, through the sandbox's world, and then look through the adapter
only. ``forge_local``, ``forge_github`` and ``forge_gitlab`` each build one forge; nothing else differs.
"""
