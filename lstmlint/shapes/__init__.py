"""Pure mathematics of shapes: dimensions, axes, shapes and the operations on them. Imports nothing else of lstmlint."""
