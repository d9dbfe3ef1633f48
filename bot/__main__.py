"""`python -m bot` is `prescreen`."""

from bot.cli import main

main()
