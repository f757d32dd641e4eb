"""The documentation site: its pages, and what makes them."""
