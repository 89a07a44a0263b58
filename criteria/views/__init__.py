"""Pages of the rulebook: the list of sets, one set as a legal page, the office's threshold forms.

`address` reads what is looked at, `law` puts a set, its bounds and the office's entries together for a page,
`sets` and `thresholds` translate requests. Nothing here saves: that is done by `criteria.actions`.
"""
