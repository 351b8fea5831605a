"""The language server: what `check` finds and `shapes` knows, in an editor, while one types. Needs the extra `server`."""
