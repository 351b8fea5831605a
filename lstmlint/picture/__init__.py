"""What an analysis knows, for people to look at: the way of the shapes through a script, and how much of it is known."""
