"""What leaves the program as a document."""
