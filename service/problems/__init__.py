"""Problem details (RFC 9457): what is wrong, where, and what to do, for every error that leaves."""
