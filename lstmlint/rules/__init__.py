"""One module per rule. The catalogue is this folder: `discovery` finds the rules in it."""
