"""Open311 GeoReport v2: the few tickets that may be public, for whoever builds on them."""
