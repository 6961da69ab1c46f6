"""The training program of the bundled restorer `lite`: data, damage, training, evaluation, sheets."""
