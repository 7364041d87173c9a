"""A reviewer's pages: statements of interest first, then the sheet; and those of a panel's leader."""
