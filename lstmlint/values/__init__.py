"""The abstract values: what the interpreter computes with in place of Python's objects."""
