"""Making fixes: in the text of scripts and of notebooks' cells, checked again before anything is written."""
