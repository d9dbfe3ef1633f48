"""The rules of a prescreening, pure: no clock, log, file, socket, SQL or Telegram."""
