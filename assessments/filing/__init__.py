"""Filing (备案) of graded objects with the police: forms 表一–表六, steps, certificate and its term."""
