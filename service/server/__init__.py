"""The HTTP server that carries the application: uvicorn, with what it needs to serve every client."""
