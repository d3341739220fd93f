"""The mails that the fake's campaigns send while time passes, and the reactions of their leads."""
