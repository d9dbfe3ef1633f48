"""What the words of a script say, in Chinese and English, as far as the rules compare it."""
