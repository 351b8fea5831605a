"""lstmlint inside of other tools; each module is loaded by the tool that it is for."""
