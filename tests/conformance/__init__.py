"""
Other people's descriptions and tests, tried on the sandbox and on the bridge: ``make conformance``.

Each ``check_*.py`` has a function ``check(report)``. What they need from elsewhere is fetched once, into
``.conformance``; after that they run without a network.
"""
