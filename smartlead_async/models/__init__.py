"""Plain data: what SmartLead answers, and the parts that requests are made of."""
