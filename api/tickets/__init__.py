"""Tickets over HTTP: the desk's routes, and what they share with the bodies' links and the citizen's page."""
