"""A concentrate: the same numbers in mg and in mL would be a twentyfold overdose."""

from liquidose import amount_in, convert, write_quantity

conversion = convert("5 mg", "20 mg/mL", syringes=["exactamed-0.5", "oral-1"])
print(write_quantity(conversion.volume))
print("5 mL of it would hold", write_quantity(amount_in("5 mL", "20 mg/mL")))
