"""Profiles: named accounts in a configuration file, for the command line and ``SmartleadClient.from_env``."""
