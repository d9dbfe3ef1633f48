"""The chat in a browser: a page of our own, fed with the same operations as Telegram."""
