"""Graph components of our own, found by Rasa as modules when this folder's parent is on PYTHONPATH."""
