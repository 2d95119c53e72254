"""The agent's desk: queue, conversations, calls, suggestions."""
