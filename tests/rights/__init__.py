"""Who may open what: the table, the routes that there are, and the visits that hold one against the other."""
