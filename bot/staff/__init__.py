"""Pages for coordinators: the queue and one lead. They work without JavaScript."""
