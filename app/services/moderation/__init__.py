"""Services of moderation: what moderators do about members, and what becomes of it."""
