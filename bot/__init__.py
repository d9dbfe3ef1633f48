"""A bilingual prescreening bot for clinical trials."""
