"""What changed up there: manoeuvres, break-ups, launches, and who moved beside whom."""
