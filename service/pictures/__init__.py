"""Pictures: what is drawn, as plain data, and the process beside the server that draws it."""
