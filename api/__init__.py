"""The edges: HTTP, command line, wiring."""
