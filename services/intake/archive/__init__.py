"""档案 what happens to a cycle's records when it is over: how long they are kept, packages, legal holds, destruction."""
