"""How values and parameters are spelt elsewhere: the table, and what reads a request by it."""
