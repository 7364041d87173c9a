"""社会评价: the public's votes, held here ballot by ballot or entered by the office, no part of a score."""
