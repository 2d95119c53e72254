"""Appointments at a place and callbacks at an agreed time, for citizens and the desk."""
