"""Rules for PyTorch: some of their own, and the parts of others that PyTorch needs."""
