"""结论文书: what results of rehearsals say, for people: two of them side by side, and a letter about one application."""
