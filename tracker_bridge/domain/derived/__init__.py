"""What follows from an incident, without changing it: clocks, reminders, what is missing."""
