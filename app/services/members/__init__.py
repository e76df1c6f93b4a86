"""Members: accounts, sessions, second factors, invitations."""
