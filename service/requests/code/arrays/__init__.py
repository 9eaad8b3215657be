"""Arrays as code makes them, and the laws that they have."""
