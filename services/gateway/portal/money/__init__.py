"""Finance's pages: budgets, costs and accounts, batches and what the bank says, what is owed back, how money was used."""
