"""The Telegram channel. Telegram is a pipe: what a conversation knows lies in our store, never here."""
