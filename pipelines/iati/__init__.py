"""Activity files of the International Aid Transparency Initiative, from XML to the tables of `pipelines.contracts.iati`.

`document` opens a file and hands out one activity after the other, `walk` turns an activity into rows of text, `rules` says what
may be wrong with them, `activity_pass` types and judges them and writes the parts, `identifiers` and `organisations` compare what all files say.
"""
