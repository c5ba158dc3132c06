"""Pages of the accounts room: sign-in, one's own profile, staff and roles, the audit trail."""
