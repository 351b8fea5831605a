"""Processes for code that is not trusted: their surroundings, their limits, and what is made of one that dies or says nothing."""
