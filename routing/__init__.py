"""Which body takes a matter and why (`routing.decide`), the directory, and tickets."""
