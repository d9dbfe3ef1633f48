"""The queue's rules, pure: ranking, working hours, due times."""
