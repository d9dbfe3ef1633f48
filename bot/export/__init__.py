"""What leaves the system as a file, and comes back as one."""
