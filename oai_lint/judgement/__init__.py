"""What several rules conclude from facts; rules share it, and it knows no rule."""
