"""The room that takes in foreign bytes: workbooks to import, files of evidence, pictures made from them.

What belongs here: reading bytes that somebody brought, and saying in one Vietnamese sentence why they are refused.
No database, no request, no decision about who may: views pass a file in and get plain values back; an action stores
them. Every door has its caps (bytes, members, expansion, pixels, pages, seconds), and a refusal is always one of the
three exceptions WorkbookProblem, FileProblem and PreviewProblem, never a traceback.
"""
