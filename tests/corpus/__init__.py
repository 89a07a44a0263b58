"""Files as people bring them, good and hostile: bytes made when a test asks, each with the sentence it must meet.

`workbooks` and `files` hold the two tables; `make` writes them all into a folder, for other programs to look at.
"""
