"""Integrations with other libraries, one module each; an extra installs the library."""
