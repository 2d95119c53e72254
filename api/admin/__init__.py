"""What curators and reviewers do over HTTP."""
