"""Staff: accounts, sessions, roles, and the audit trail of what they did."""
