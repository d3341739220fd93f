"""Plans: campaign specifications, plan files, lead files, and their check."""
