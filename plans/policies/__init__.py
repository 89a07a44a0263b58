"""Who may do what to plans and directives, now: one sentence each, which disables the button, words its tooltip and
stops the act; None means: go ahead. One module for each subject."""
