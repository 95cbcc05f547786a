"""From one incident to the next: how it ends and goes on, how roles change hands."""
