"""What runs inside the environment of an era, around the program under test."""
