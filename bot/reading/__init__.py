"""Typed answers in Chinese and English, pure: text in, an input of the conversation out."""
