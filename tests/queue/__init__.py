"""The queue: a contract for every engine, and what only the embedded one promises."""
