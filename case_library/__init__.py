"""Matters, typical cases and statutes, and the search over them."""
