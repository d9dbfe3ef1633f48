"""The flow language: a trial's file in, a flow and everything that is wrong with it out."""
