"""Campaign specifications, plan files, lead files, and their offline check."""
