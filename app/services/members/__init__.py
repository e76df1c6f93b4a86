"""MemberQueries: accounts, sessions, second factors, invitations."""
