"""An answer as clients read it: the members of its JSON, and a page of plain text."""
