"""A SmartLead in memory: stateful, with the real one's rules, limits and faults."""
