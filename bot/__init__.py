"""A bilingual prescreening bot for clinical trials."""

__version__ = "0.1.0"
