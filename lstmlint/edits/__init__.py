"""What a rule would change, in terms of nodes, and the edits of the text that follow from it."""
