collect_ignore = ["courses"]  # these are what is checked, and some cannot be imported
