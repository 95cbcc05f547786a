"""What is shown to people in a browser, by a bridge beside a forge."""
