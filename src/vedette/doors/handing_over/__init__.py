"""The report of a watch for the people who take over: what is open, who did what, what to look at first."""
