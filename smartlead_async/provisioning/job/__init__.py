"""A provisioning job: many campaigns, each created once and set up step by step."""
