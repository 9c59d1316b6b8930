"""The House of Commons record, 2010 to 2026: what every seat did.

`making` turns the Library's tables into the files in `data/` and checks every row on the way;
`files` reads them; `past` is what of it was known at a moment.
"""
