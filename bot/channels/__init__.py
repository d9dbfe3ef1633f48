"""The faces of the conversation: Telegram, terminal, web page."""
