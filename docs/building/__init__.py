"""What the site is made with: each file is one extension of Sphinx, or the table for one."""
