"""A draft of a script from what a registry or a trial's page says. It never invents a question or a translation."""
