"""The schedule of a plan, told without a database."""
