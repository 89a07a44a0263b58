"""What is reported, checked and decided: units, postings, assignments, targets, assessments, recognition.

Does not belong here: what leaders read (reports), how we get there (plans), how a value is judged (criteria).
"""
