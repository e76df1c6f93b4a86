"""Defaults of the test suite."""

DEFAULTS: dict[str, str] = {
    "LOG_LEVEL": "warning",
    "MAIL_URL": "memory:",
    "PAGE_CACHE_SECONDS": "0",
    "RATELIMIT_ENABLED": "0",
    "SECRET_KEY": "a key for tests alone, never for a site",
    "ADDRESS_KEYS": "dGVzdHMtYWxvbmUtdGVzdHMtYWxvbmUtdGVzdHMtISE=",
}
