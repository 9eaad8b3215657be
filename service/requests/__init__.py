"""From a query or a body to validated models, and what is wrong with it in a user's words."""
