"""One module per command: `add` describes its arguments, `run` does it.

The heavy parts are imported only when there is work for them.
"""
