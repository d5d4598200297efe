"""The same dose from the old bottle and from the new one: what a caregiver must be told."""

from liquidose import convert, write_quantity

for strength in ("5 mg/5 mL", "25 mg/5 mL"):
    print(strength, "needs", write_quantity(convert("5 mg", strength).volume))
