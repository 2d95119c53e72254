"""Figures over tickets with their definitions, the tickets behind each, and the monthly assessment report (考核评估)."""
