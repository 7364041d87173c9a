"""A department clerk's pages: what is asked, and answering it."""
