"""One incoming message is one transaction; what staff do to leads and flows is here too."""
