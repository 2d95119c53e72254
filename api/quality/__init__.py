"""Quality: a sample of what was closed, looked at by supervisors against a few plain questions."""
