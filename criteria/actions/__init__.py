"""Writes of the rulebook: load the library, check or enter a threshold, switch a supplement."""
