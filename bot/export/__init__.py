"""What leaves the program as a document, and comes back as one."""
