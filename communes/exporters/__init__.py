"""What the working screens give away: templates to fill in, rounds, frozen sheets, papers. Text stays text (`cells`);
`files` hands over what is made, `pdf` draws papers.
"""
