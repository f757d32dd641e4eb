"""Do the tests fail where a formula is wrong? A script that breaks the formulas and looks."""
