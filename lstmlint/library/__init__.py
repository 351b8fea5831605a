"""Library models: what each call of numpy, pandas, keras … does to shapes. One package or module a library, named like it."""
