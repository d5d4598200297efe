"""Charts: many doses of one drug side by side, each exact and as a stocked syringe measures it."""
