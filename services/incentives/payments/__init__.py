"""付款: batches of lines, what leaves for a bank, what it answers, and what a person has to find out by hand.

`states` and `port` say what there is; `batches` is finance's desk, `sending` what the clock and the bus do, `http` and `files`
how a bank is reached, `reconciling` what becomes of a line of which nobody knows.
"""
